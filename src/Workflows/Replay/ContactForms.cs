using System.Collections.Immutable;
using System.Globalization;

namespace ServiceLoop.Workflows.Replay;

/// <summary>What each channel sends: the form of its door, as the programs of a company fill it in.</summary>
internal static class ContactForms
{
    /// <summary>Channels and how many customers of a hundred use each. A customer keeps to one.</summary>
    public static readonly ImmutableArray<(string Channel, double Weight)> Mix =
    [
        ("web", 28),
        ("email", 26),
        ("chat", 16),
        ("phone", 12),
        ("app", 10),
        (Signed, 8),
    ];

    /// <summary>The channel whose contacts come signed, as webhooks of a social network do.</summary>
    public const string Signed = "social";

    /// <summary>The payload of a contact.</summary>
    /// <param name="scripted">Whose.</param>
    /// <param name="no">The how-manyeth of the case, from 1.</param>
    /// <param name="text">What the customer says.</param>
    /// <param name="chance">Draws what a channel knows beside it.</param>
    public static object Of(ScriptedCase scripted, int no, string text, Chance chance)
    {
        var thread = $"replay-{scripted.Log.Id}";
        var id = IdOf(scripted, no);
        var subject = text.Length <= 60 ? text : text[..60];
        return scripted.Channel switch
        {
            "web" => new
            {
                submissionId = id,
                email = scripted.Email,
                subject,
                message = text,
                language = "en",
            },
            "email" => new
            {
                messageId = $"<{id}@example.com>",
                from = $"A customer <{scripted.Email}>",
                subject = no == 1 ? subject : $"Re: {scripted.Message.Text}"[..Math.Min(60, scripted.Message.Text.Length + 4)],
                text,
                references = no == 1 ? null : (string[])[$"<{IdOf(scripted, 1)}@example.com>"],
                language = "en",
            },
            "chat" => new
            {
                messageId = id,
                sessionId = thread,
                visitor = new { id = UserOf(scripted), email = scripted.Email },
                text,
                lines = (object[])[new { from = "bot", text = "How can we help?" }, new { from = "customer", text }],
                language = "en",
            },
            "phone" => new
            {
                callId = id,
                from = NumberOf(scripted, chance),
                segments = (object[])
                    [
                        new
                        {
                            speaker = "agent",
                            text = "Good day, what can I do for you?",
                            confidence = 0.97,
                            startMs = 0,
                        },
                        new
                        {
                            speaker = "customer",
                            text,
                            confidence = Math.Round(0.8 + 0.19 * chance.Next($"heard:{id}"), 2),
                            startMs = 2500,
                        },
                    ],
                language = "en",
            },
            "app" => new
            {
                eventId = id,
                userId = UserOf(scripted),
                screen = "help",
                appVersion = "5.2.0",
                subject,
                text,
                language = "en",
            },
            Signed => new
            {
                platform = "example-social",
                postId = id,
                threadId = thread,
                authorId = UserOf(scripted),
                text,
                language = "en",
            },
            var other => throw new InvalidOperationException($"There is no form for the channel '{other}'."),
        };
    }

    /// <summary>The key of a contact: the same in every replay, and when it is sent again.</summary>
    public static string IdOf(ScriptedCase scripted, int no) =>
        string.Create(CultureInfo.InvariantCulture, $"replay-{scripted.Log.Id}-{no}");

    /// <summary>Number of the customer, of the desk's own country so that its zone is known.</summary>
    public static string NumberOf(ScriptedCase scripted, Chance chance) =>
        string.Create(CultureInfo.InvariantCulture, $"+86138{(int)(chance.Next($"number:{scripted.Email}") * 100_000_000):00000000}");

    private static string UserOf(ScriptedCase scripted) => scripted.Email.Split('@')[0];
}
