"""What every room of bespoke orders needs of an order: its transitions, revisions, messages and mails."""
