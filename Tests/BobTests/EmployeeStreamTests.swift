import Sandbox
import Testing

@testable import Bob

@Suite("Employees cut from a stream")
struct EmployeeStreamTests {
  /// Feeds `json` in chunks of a size and returns the IDs read, "-" where there is none.
  private func ids(_ json: [UInt8], chunk: Int) throws(JSONFault) -> [String] {
    var stream = EmployeeStream()
    var ids: [String] = []
    var rest = json[...]
    while !rest.isEmpty {
      try stream.feed(Array(rest.prefix(chunk))) { record throws(JSONFault) in
        ids.append(try Employee(json: copy record).id?.text ?? "-")
      }
      rest = rest.dropFirst(chunk)
    }
    try stream.finish()
    return ids
  }

  private func outcome(_ json: [UInt8], chunk: Int) -> Result<[String], JSONFault> {
    do { return .success(try ids(json, chunk: chunk)) } catch { return .failure(error) }
  }

  @Test(
    "Good answers, byte by byte and whole",
    arguments: [
      (#"{"employees":[]}"#, []), (#" { "employees" : [ ] } "#, []),
      (#"{"employees":[{"id":"1"},{"id":"2"}]}"#, ["1", "2"]),
      (#"{"a":1,"b":[{"employees":[{"id":"9"}]}],"c":"}]\"","employees":[{"id":"1"}],"d":null}"#, ["1"]),
      (
        #"{"employees":[{"x":"}{][\"\\","id":"1"} , {"id":3332883911884669725}],"e":{"f":{}}}"#,
        ["1", "3332883911884669725"]
      ),
      ("{\"employees\":\n[\t{\"\\u0069d\":\"1\"}]\r\n}", ["1"]), (#"{"employees":[{}]}"#, ["-"]),
      (#"{"x":"\\","employees":[{"id":"\u0031"}]}"#, ["1"]), (#"{"n":-1.5e+3,"employees":[]}"#, []),
    ] as [(String, [String])])
  func good(json: String, expected: [String]) throws {
    for chunk in [1, 2, 3, 7, 10_000] { #expect(try ids(Array(json.utf8), chunk: chunk) == expected) }
  }

  @Test(
    "Bad answers, with the same finding in any chunks",
    arguments: [
      ("", JSONFault.malformed), ("{", .malformed), ("{}", .noEmployees), ("[]", .malformed),
      ("<!DOCTYPE", .malformed),
      (#"{"employees":null}"#, .noEmployees), (#"{"employees":{"id":"1"}}"#, .noEmployees),
      (#"{"employees":[null]}"#, .noEmployees), (#"{"employees":[[]]}"#, .noEmployees),
      (#"{"employees":[],"employees":[]}"#, .noEmployees), (#"{"employees":[{"id":"1"},]}"#, .noEmployees),
      (#"{"employees":[{"id":"1"} {"id":"2"}]}"#, .malformed), (#"{"employees":[{"id":"1"}"#, .malformed),
      (#"{"employees":[{"id":"1"]}]}"#, .malformed), (#"{"employees":[{"id":01}]}"#, .malformed),
      (#"{"employees":[{"id":"\x"}]}"#, .malformed), (#"{"employees":[{"id":tru}]}"#, .malformed),
      (#"{"employees":[{"id":"1",}]}"#, .malformed), (#"{"employees":[{"id" "1"}]}"#, .malformed),
      (#"{"employees":[]}}"#, .malformed), (#"{"employees":[]}{"#, .malformed),
      (#"{,"employees":[]}"#, .malformed),
      (#"{"employees":[]"#, .malformed), (#"{"a":]}"#, .malformed), (#"{"a":1"b":2}"#, .malformed),
      ("{\"employees\":[{\"id\":\"\u{1}\"}]}", .malformed), ("\u{FEFF}{\"employees\":[]}", .malformed),
    ])
  func bad(json: String, fault: JSONFault) {
    for chunk in [1, 3, 10_000] { #expect(outcome(Array(json.utf8), chunk: chunk) == .failure(fault)) }
  }

  @Test("Depth and length are bounded")
  func bounds() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(outcome(Array(#"{"employees":[{"x":\#(deep)"#.utf8), chunk: 4096) == .failure(.malformed))
    let nested = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    #expect(outcome(Array(#"{"employees":[{"x":\#(nested)}]}"#.utf8), chunk: 4096) == .failure(.tooDeep))
    #expect(outcome(Array(#"{"x":\#(nested),"employees":[]}"#.utf8), chunk: 4096) == .failure(.tooDeep))
    let long = String(repeating: "a", count: EmployeeStream.longestEmployee)
    #expect(outcome(Array(#"{"employees":[{"x":"\#(long)"}]}"#.utf8), chunk: 1000) == .failure(.tooLong))
    #expect(outcome(Array(#"{"employees":[{"x":"\#(long)"#.utf8), chunk: 1000) == .failure(.tooLong))
    let name = String(repeating: "n", count: 300)
    #expect(outcome(Array(#"{"\#(name)":1}"#.utf8), chunk: 1000) == .failure(.malformed))
  }

  @Test("Forty thousand mutations trap nothing, and chunking changes no finding")
  func mutations() {
    let seeds = [
      #"{"employees":[{"/root/id":{"value":"12"},"id":"12","work":{"title":null},"humanReadable":{"id":"12"}}],"x":[1,{}]}"#,
      #"{"a":"\ud83d\ude00\n","employees":[{"id":3332883911884669725,"internal":{"lifecycleStatus":"x"}},{"id":"2"}]}"#,
      #"[{"id":"root.id","category":"root","categoryDisplayName":"Basic \u0069nfo","x":[{}]},{"id":7}]"#,
      #"{"name":"title","items":[{"id":1,"name":"One \\","children":[{"id":"2","value":"Tw\u00f6"}]},{"id":null}]}"#,
    ].map { Array($0.utf8) }
    let palette = Array("{}[]\",:\\/u0d8e-+. \u{0}\n".utf8) + [0xFF, 0xC3, 0x80, 0xED, 0xA0]
    var random = Generator(state: 20_261_123)
    var accepted = 0
    for round in 0..<40_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0...random.below(3) {
        let at = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes[at] = palette[random.below(palette.count)]
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(palette[random.below(palette.count)], at: at)
        default: bytes = Array(bytes[..<at] + bytes[(at / 2)...])
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      let whole = outcome(bytes, chunk: 4096)
      #expect(outcome(bytes, chunk: 1 + random.below(9)) == whole)
      if case .success = whole { accepted += 1 }
      // The small answers are read whole; nothing but an error may come of them.
      for read in [
        { _ = try FieldCatalogue(json: $0) }, { _ = try NamedList(json: $0) }, { _ = try Employee(json: $0) },
      ]
        as [([UInt8]) throws -> Void]
      {
        do { try read(bytes) } catch { #expect(error is JSONFault) }
      }
    }
    #expect(accepted > 100 && accepted < 19_000)
  }

  @Test("Lists are read with children, archived items and integer IDs; rubbish is refused")
  func namedLists() throws {
    let json =
      #"{"name":"x","items":[{"id":1,"name":"One","children":[{"id":"2","value":"Two"}]},{"id":null}]}"#
    let list = try NamedList(json: Array(json.utf8))
    #expect(list.name(of: "1") == "One")
    #expect(list.name(of: "2") == "Two")
    #expect(list.name(of: "3") == nil)
    #expect(throws: JSONFault.self) { try NamedList(json: Array("[]".utf8)) }
    let deep =
      String(repeating: #"{"items":[{"children":["#, count: 1)
      + String(repeating: #"{"children":["#, count: 50)
    #expect(throws: JSONFault.self) { try NamedList(json: Array(deep.utf8)) }
  }
}

@Suite("One employee record")
struct EmployeeTests {
  private func employee(_ json: String) throws -> Employee { try Employee(json: Array(json.utf8)) }

  @Test(
    "Nested comes first, then the slash key with or without its box",
    arguments: [
      (#"{"work":{"title":"a"},"/work/title":{"value":"b"}}"#, "a"), (#"{"/work/title":{"value":"b"}}"#, "b"),
      (#"{"/work/title":"b"}"#, "b"), (#"{"\/work\/title":{"x":1,"value":"b"}}"#, "b"),
      (#"{"work":{"title":null},"/work/title":{"value":"b"}}"#, nil), (#"{"work":{"title":["b"]}}"#, nil),
      (#"{"work":null}"#, nil), (#"{"title":"b"}"#, nil), (#"{"home":{"title":"b"}}"#, nil),
      (#"{"work":{"title":7}}"#, "7"),
    ] as [(String, String?)])
  func precedence(json: String, title: String?) throws {
    #expect(try employee(json).text(.title) == title)
  }

  @Test(
    "The presence of the nested key is the permission",
    arguments: [
      (#"{"id":"1","work":{"title":null}}"#, true), (#"{"id":"1","work":{}}"#, false),
      (#"{"id":"1"}"#, false),
      (#"{"id":"1","/work/department":"x"}"#, false), (#"{"/work/department":"x"}"#, true),
      (#"{"/root/id":{"value":"1"}}"#, false),
    ])
  func permission(json: String, shows: Bool) throws {
    #expect(try employee(json).shows(.title) == shows)
  }

  @Test(
    "An ID is text, or a number whose digits are kept",
    arguments: [
      (#"{"id":"3332883911884669725"}"#, "3332883911884669725"),
      (#"{"id":3332883911884669725}"#, "3332883911884669725"),
      (#"{"id":1e3}"#, nil), (#"{"id":1.0}"#, nil), (#"{"id":-1}"#, nil), (#"{"id":null}"#, nil),
      (#"{"id":true}"#, nil),
      (#"{"id":"1/work"}"#, nil), (#"{"/root/id":{"value":"5"}}"#, "5"),
      (#"{"employees":[{"id":"6"}]}"#, "6"),
    ] as [(String, String?)])
  func ids(json: String, id: String?) throws {
    #expect(try employee(json).id?.text == id)
  }

  @Test(
    "Escapes are undone, halves of surrogate pairs replaced",
    arguments: [
      (#""\u00e9\t\"\/\\""#, "é\t\"/\\"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"),
      (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
    ])
  func escapes(json: String, text: String) throws {
    #expect(try employee(#"{"displayName":\#(json)}"#).text(.displayName) == text)
  }

  @Test("Human names stand beside the machine values, and nothing personal shows in a description")
  func human() throws {
    let person = try employee(
      #"{"id":"1","displayName":"Jory","humanReadable":{"work":{"title":"Bell Ringer"},"x":[1]},"work":{"title":"209"}}"#
    )
    #expect(person.humanText(.title) == "Bell Ringer")
    #expect(person.humanText(.department) == nil)
    var dumped = "\(person) \(String(reflecting: person))"
    dump(person, to: &dumped)
    #expect(!dumped.contains("Jory") && !dumped.contains("Bell"))
    #expect("\(try #require(person.id))" == "<employee>")
  }

  @Test("Two employees in the place of one are refused")
  func two() {
    #expect(throws: JSONFault.self) { try employee(#"{"employees":[{"id":"1"},{"id":"2"}]}"#) }
    #expect(throws: JSONFault.self) { try employee(#"{"employees":[]}"#) }
    #expect(throws: JSONFault.self) { try employee("[]") }
    #expect(throws: JSONFault.self) {
      try Employee(json: Array(#"{"id":""#.utf8) + [0xFF] + Array(#""}"#.utf8))
    }
  }
}

/// The same numbers on every machine.
private struct Generator {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(max(1, bound)))
  }
}
