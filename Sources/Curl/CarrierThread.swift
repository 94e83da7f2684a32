import Glibc
import Synchronization

/// A thread of its own for an actor whose calls block.
///
/// Make it the actor's `unownedExecutor`: everything the actor does then runs on this one thread, in order,
/// and the threads of Swift's pool stay free. The thread ends when the last reference to it is released.
package final class CarrierThread: SerialExecutor {
  private let queue: JobQueue

  /// Starts the thread.
  package init() {
    queue = JobQueue()
    queue.serve()
  }

  deinit { queue.close() }

  package func enqueue(_ job: consuming ExecutorJob) {
    // The queue holds the executor as long as the job waits or runs.
    queue.add(.init(job: UnownedJob(job), executor: self))
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}

/// The jobs that wait for one thread; shared by the executor and the thread, so that neither keeps the other
/// alive.
private final class JobQueue: Sendable {
  struct Item: Sendable {
    let job: UnownedJob
    let executor: CarrierThread

    func run() { job.runSynchronously(on: executor.asUnownedSerialExecutor()) }
  }

  private struct State {
    var waiting: [Item] = []
    var isClosed = false
  }

  private let state = Mutex(State())
  private let signal = Signal()

  func add(_ item: Item) {
    state.withLock { $0.waiting.append(item) }
    signal.post()
  }

  func close() {
    state.withLock { $0.isClosed = true }
    signal.post()
  }

  func serve() {
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<JobQueue>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    // Without a thread nothing the actor is asked could ever be answered.
    precondition(status == 0, "no thread can be started")
    pthread_detach(thread)
  }

  private func run() {
    while true {
      signal.wait()
      let (items, isClosed) = state.withLock { state in
        defer { state.waiting = [] }
        return (state.waiting, state.isClosed)
      }
      for item in items { item.run() }
      if isClosed { return }
    }
  }
}

/// A counting semaphore of the system.
private final class Signal: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func post() { sem_post(semaphore) }

  func wait() {
    while sem_wait(semaphore) != 0 && errno == EINTR {}
  }
}
