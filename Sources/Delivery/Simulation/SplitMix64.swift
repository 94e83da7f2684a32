import Foundation

/// A small generator of random numbers that gives the same numbers for the same seed, everywhere and always (SplitMix64).
///
/// It is for simulations; nothing that must not be guessed is drawn from it.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// The generator of one `stream` of a seed: streams do not depend on how much was drawn from the others.
  package init(seed: UInt64, stream: UInt64) {
    var source = SplitMix64(seed: seed)
    var other = SplitMix64(seed: source.next() ^ (stream &* 0x9E37_79B9_7F4A_7C15))
    state = other.next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in 0..<1, evenly spread.
  package mutating func share() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number of the normal distribution, mean 0 and deviation 1 (Box and Muller).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - share())).squareRoot()
    return radius * cos(2 * .pi * share())
  }
}
