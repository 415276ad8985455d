using System.Collections.Immutable;
using ServiceLoop.Runtime.Access;

namespace ServiceLoop.Identity.Tests.Audit;

/// <summary>Notes for the audit log.</summary>
internal static class Notes
{
    private static readonly string?[] Texts =
    [
        null,
        "",
        "plain",
        "汉字 𝒳 🙂",
        "with\0zero",
        "\uD800half",
        "a\"quote' \\ /",
        "line\r\nline",
        "=1+1",
        new('x', 5000),
    ];

    public static readonly Actor Ann = new(ActorKind.Person, "p-ann", "ann") { Address = "192.0.2.7", SessionId = "s-1" };

    /// <summary>A plain one.</summary>
    public static AuditNote Of(
        string subject,
        DeedEnd end = DeedEnd.Done,
        string action = "definition.publish",
        Actor? actor = null,
        long begun = 0
    ) => new(actor ?? Ann, new Deed(Permissions.DefinitionsPublish, action, subject), end, begun, Facts.None, null);

    /// <summary>Any one.</summary>
    public static AuditNote Random(Random random)
    {
        var actor = new Actor(random.GetItems(Enum.GetValues<ActorKind>(), 1)[0], Text(random) ?? "", Text(random) ?? "")
        {
            OnBehalfOf = Text(random),
            Address = Text(random),
            SessionId = Text(random),
        };
        var deed = new Deed(Text(random) ?? "", Text(random) ?? "", Text(random) ?? "") { Before = Some(random), Wanted = Some(random) };
        return new(actor, deed, random.GetItems(Enum.GetValues<DeedEnd>(), 1)[0], random.Next(3), Some(random), Text(random));
    }

    private static ImmutableSortedDictionary<string, string?> Some(Random random)
    {
        var facts = Facts.None;

        for (var n = random.Next(4); n > 0; n--)
            facts = facts.SetItem(Text(random) ?? "none", Text(random));

        return facts;
    }

    private static string? Text(Random random) => random.GetItems(Texts, 1)[0];
}
