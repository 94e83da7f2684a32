import Mail

/// What is due when: a binary heap that gives the earliest first, and of one moment the lowest number.
struct Agenda {
  private var heap: [(time: Timestamp, number: Int)] = []

  /// The earliest moment at which something is due.
  var next: Timestamp? { heap.first?.time }

  mutating func add(_ number: Int, at time: Timestamp) {
    heap.append((time, number))
    var child = heap.count - 1
    while child > 0, heap[child] < heap[(child - 1) / 2] {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// Takes out the earliest if it is due at `now`.
  mutating func take(at now: Timestamp) -> Int? {
    guard let first = heap.first, first.time <= now else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first.number }
    heap[0] = last
    var parent = 0
    while 2 * parent + 1 < heap.count {
      let left = 2 * parent + 1
      let child = left + 1 < heap.count && heap[left + 1] < heap[left] ? left + 1 : left
      guard heap[child] < heap[parent] else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return first.number
  }
}
