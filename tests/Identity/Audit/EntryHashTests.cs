using ServiceLoop.Identity.Audit;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Tests.Audit;

public sealed class EntryHashTests
{
    private static readonly AuditEntry Entry = new()
    {
        Number = 1,
        AtMicroseconds = 1_700_000_000_000_000,
        ActorKind = ActorKind.Person,
        ActorId = "p1",
        Actor = "ann",
        Action = "definition.publish",
        Subject = "order",
        Permission = "definitions:publish",
        End = DeedEnd.Done,
        PreviousHash = new byte[32],
    };

    [Fact]
    public void The_form_of_the_bytes_never_changes()
    {
        // Made by another program after the description in EntryHash.
        Convert.ToHexStringLower(EntryHash.Of(Entry)).ShouldBe("9f4f09428f7308cc511b80d5984a5fbb34e805b5fbe8263189040dfd9cae3b70");
        Convert
            .ToHexStringLower(EntryHash.Of(Entry with { OnBehalfOf = "汉", Before = "{}", Reason = "", Begun = 3, End = DeedEnd.Denied }))
            .ShouldBe("0d067ef21ee96d0056859580d3f0a072dab0da5d230a5f10c869bdb29024e70e");
    }

    [Fact]
    public void Every_part_counts()
    {
        AuditEntry[] others =
        [
            Entry with
            {
                Number = 2,
            },
            Entry with
            {
                AtMicroseconds = 1_700_000_000_000_001,
            },
            Entry with
            {
                ActorKind = ActorKind.Key,
            },
            Entry with
            {
                ActorId = "p2",
            },
            Entry with
            {
                Actor = "Ann",
            },
            Entry with
            {
                OnBehalfOf = "",
            },
            Entry with
            {
                Address = "",
            },
            Entry with
            {
                SessionId = "",
            },
            Entry with
            {
                Action = "definition.publish ",
            },
            Entry with
            {
                Subject = "",
            },
            Entry with
            {
                Permission = "x",
            },
            Entry with
            {
                End = DeedEnd.Failed,
            },
            Entry with
            {
                Begun = 1,
            },
            Entry with
            {
                Before = "",
            },
            Entry with
            {
                Wanted = "",
            },
            Entry with
            {
                After = "",
            },
            Entry with
            {
                Reason = "",
            },
            Entry with
            {
                PreviousHash = new byte[31],
            },
        ];

        others.Append(Entry).Select(e => Convert.ToHexString(EntryHash.Of(e))).ShouldBeUnique();
        typeof(AuditEntry)
            .GetProperties()
            .Length.ShouldBe(others.Length + 2, "all but At, which says the same as AtMicroseconds, and Hash");
    }

    [Fact]
    public void Text_that_moves_to_the_next_part_makes_another_hash()
    {
        var one = EntryHash.Of(Entry with { ActorId = "ab", Actor = "c" });
        var other = EntryHash.Of(Entry with { ActorId = "a", Actor = "bc" });

        one.ShouldNotBe(other);
    }
}
