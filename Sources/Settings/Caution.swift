import Delivery

/// What is allowed but unwise: sentences for `check`, for the log at start and for the officer.
enum Caution {
  static func sentences(
    bob: Configuration.Bob, relay: Configuration.Relay, confirm: ConfirmRule, bounces: Configuration.Bounces,
    retention: Retention, listen: ListenAddress?
  ) -> [String] {
    polling(bob) + sending(relay) + confirming(confirm, bounces) + keeping(retention, confirm)
      + listening(listen)
  }

  private static func polling(_ bob: Configuration.Bob) -> [String] {
    if case .loopback = bob.site { return [] }
    var sentences: [String] = []
    if bob.pollEvery < 60 {
      sentences.append("bob.poll_every: below 1m Bob's rate limit will answer before Bob does")
    }
    if bob.rereadAfter < 20 {
      sentences.append("bob.reread_after: below 20s both readings may come from the same stale copy")
    }
    return sentences
  }

  private static func sending(_ relay: Configuration.Relay) -> [String] {
    relay.tls == .opportunistic
      ? ["smtp.tls: opportunistic lets anybody between here and the relay read the mails; required is safer"]
      : []
  }

  /// This version reads no reports of delivery and no bounces, so only silence that nobody watches, or a person, confirms.
  private static func confirming(_ confirm: ConfirmRule, _ bounces: Configuration.Bounces) -> [String] {
    guard confirm.requires == .quiet else {
      return [
        "confirm.requires: this version reads no reports of delivery, so every case waits for an operator; "
          + "use quiet with confirm.unwatched: true, or confirm by hand"
      ]
    }
    var sentences: [String] = []
    if confirm.quietPeriod < 5 * 86_400 {
      sentences.append(
        "confirm.quiet_period: below 5d the relay may still be trying; it must exceed the relay's own queue lifetime"
      )
    }
    if confirm.unwatched {
      sentences.append("confirm.unwatched: silence confirms a case though no bounce can be seen")
    } else if bounces.isConfigured {
      sentences.append(
        "bounces: this version does not read them, so silence confirms nothing and every case waits for an operator"
      )
    } else {
      sentences.append(
        "bounces: nobody reads them, so silence confirms nothing and every case waits for an operator; "
          + "confirm by hand, or set confirm.unwatched: true")
    }
    return sentences
  }

  private static func keeping(_ retention: Retention, _ confirm: ConfirmRule) -> [String] {
    var sentences: [String] = []
    if retention.latest < max(retention.held, retention.undeliverable) {
      sentences.append(
        "purge.latest_after: ends cases before purge.held_after or purge.undeliverable_after can")
    }
    if confirm.requires == .quiet && retention.latest <= confirm.quietPeriod {
      sentences.append("purge.latest_after: ends every case before confirm.quiet_period has passed")
    }
    return sentences
  }

  private static func listening(_ listen: ListenAddress?) -> [String] {
    guard let listen, !listen.isLoopback else { return [] }
    return [
      "console.listen: is open to the network without TLS; put a reverse proxy in front and listen on 127.0.0.1"
    ]
  }
}
