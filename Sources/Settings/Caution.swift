import Delivery

/// What is allowed but unwise: sentences for `check`, for the log at start and for the officer.
enum Caution {
  static func sentences(
    bob: Configuration.Bob, relay: Configuration.Relay, confirm: ConfirmRule, bounces: Configuration.Bounces,
    retention: Retention, entries: Int64, lookup: Int64, listen: ListenAddress?
  ) -> [String] {
    polling(bob) + sending(relay) + confirming(confirm, bounces) + keeping(retention, confirm)
      + recording(entries, lookup) + listening(listen)
  }

  /// A quarter has 92 days at most.
  private static func recording(_ entries: Int64, _ lookup: Int64) -> [String] {
    entries == 0 || entries >= lookup + 92 * 86_400
      ? []
      : [
        "audit.entry_retention: drops entries that `audit lookup` could still find; make it 92d longer than "
          + "audit.lookup_retention"
      ]
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

  /// The time for which a relay goes on trying, unless its administrator has set another: that of Postfix, in seconds.
  private static let queueLifetime: Int64 = 5 * 86_400

  private static func confirming(_ confirm: ConfirmRule, _ bounces: Configuration.Bounces) -> [String] {
    var sentences: [String] = []
    switch confirm.requires {
    case .quiet:
      if confirm.quietPeriod <= queueLifetime {
        sentences.append(
          "confirm.quiet_period: up to 5d the relay may still be trying; it must exceed the relay's own queue lifetime")
      }
      if !bounces.isConfigured, !confirm.unwatched {
        sentences.append(
          "bounces: nobody reads them, so silence confirms nothing and every case waits for an operator; "
            + "set bounces.imap_url or bounces.maildir, confirm by hand, or set confirm.unwatched: true")
      }
    case .relayed, .delivered:
      if !bounces.isConfigured {
        sentences.append(
          "confirm.requires: nobody reads reports of delivery, so every case waits for an operator; "
            + "set bounces.imap_url or bounces.maildir")
      } else if confirm.requires == .delivered {
        sentences.append(
          "confirm.requires: many mail systems report no delivery, and each case without a report waits for an operator"
        )
      } else {
        sentences.append(
          "confirm.requires: a relay whose next hop makes reports of its own sends none, and each case without a report "
            + "waits for an operator")
      }
    }
    if confirm.unwatched {
      sentences.append(
        bounces.isConfigured
          ? "confirm.unwatched: has no effect while bounces are read; leave it out"
          : "confirm.unwatched: silence confirms a case though no bounce can be seen")
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
