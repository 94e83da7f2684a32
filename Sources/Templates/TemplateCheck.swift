/// Reads the tags of a template against its role.
struct TemplateCheck {
  let role: TemplateRole
  let file: String

  func faults(in source: String) -> [TemplateFault] {
    let tags = Tag.all(in: source)
    return pragmaFaults(tags, source) + tags.compactMap(fault) + missing(from: tags)
  }

  /// Text must say so in its very first tag, or values would be escaped for HTML up to there; HTML must not.
  private func pragmaFaults(_ tags: [Tag], _ source: String) -> [TemplateFault] {
    let pragmas = tags.filter { $0.kind == .pragma }
    if role.medium == .html {
      return pragmas.map {
        TemplateFault(file: file, line: $0.line, reason: "an HTML template has no {{% … }} line")
      }
    }
    let first = tags.first.map {
      $0.kind == .pragma && $0.content.filter { !$0.isWhitespace } == Template.textPragma
    }
    guard first == true, pragmas.count == 1, source.hasPrefix("{{") else {
      let line = pragmas.first?.line ?? 1
      return [
        TemplateFault(
          file: file, line: line, reason: "must begin with {{% \(Template.textPragma)}}, and only once")
      ]
    }
    return []
  }

  private func fault(_ tag: Tag) -> TemplateFault? {
    let reason: String
    switch tag.kind {
    case .comment, .pragma: return nil
    case .unescaped:
      reason = "{{\(tag.content)}} must stand between two braces: values are always escaped"
    case .foreign:
      reason = "partials, inheritance and other delimiters are not used in mail templates"
    case .variable, .section, .inverted, .close:
      if role.known.contains(where: { $0.rawValue == tag.content }) { return nil }
      reason = unknown(tag.content)
    }
    return TemplateFault(file: file, line: tag.line, reason: reason)
  }

  private func unknown(_ word: String) -> String {
    let shown = "{{\(String(word.map { $0.isNewline ? " " : $0 }.prefix(60)))}}"
    if role.medium == .subject, Field(rawValue: word)?.isPersonal == true {
      return "\(shown) must not stand in a subject, which every server on the way can read"
    }
    let words = role.known.map(\.rawValue)
    let distances = words.map {
      (word: $0, distance: Array($0).difference(from: Array(word.lowercased())).count)
    }
    if let best = distances.min(by: { $0.distance < $1.distance }),
      best.distance * 3 <= word.count + best.word.count
    {
      return "\(shown) is no field; did you mean {{\(best.word)}}?"
    }
    return "\(shown) is no field; fields here are \(words.joined(separator: ", "))"
  }

  private func missing(from tags: [Tag]) -> [TemplateFault] {
    var depth = 0
    var used: Set<String> = []
    for tag in tags {
      switch tag.kind {
      case .section, .inverted: depth += 1
      case .close: depth -= 1
      case .variable where depth == 0: used.insert(tag.content)
      default: break
      }
    }
    return role.required.filter { !used.contains($0.rawValue) }.map {
      TemplateFault(
        file: file, line: 0, reason: "{{\($0.rawValue)}} is missing; it must stand outside of sections")
    }
  }
}
