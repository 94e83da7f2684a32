#pragma once
#include <cairo-pdf.h>
#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

// A map over exactly the fonts of `config`; GObject's casting macros do not reach Swift.
static inline void cpango_set_fonts(PangoFontMap *map, FcConfig *config) {
  pango_fc_font_map_set_config((PangoFcFontMap *)map, config);
}
static inline PangoContext *cpango_create_context(PangoFontMap *map) { return pango_font_map_create_context(map); }
static inline void cpango_unref(void *object) { g_object_unref(object); }
