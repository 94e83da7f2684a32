// Where reports of failed and of successful delivery arrive: a mailbox read over IMAP, or a Maildir.
//
// A message is looked at only while it is handed over; nothing of it is kept. It leaves the mailbox after what it proves has
// become durable, and only if it was one of ours.
