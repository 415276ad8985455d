using System.Globalization;
using ServiceLoop.ServiceDesk.Webhooks;

namespace ServiceLoop.Workflows.Replay;

/// <summary>Customers who write, reply when they are asked, call again, rate, and sometimes do nothing of it.</summary>
internal sealed class SimulatedCustomers(ReplayStage stage)
{
    private const double Replies = 0.8;
    private const double RepliesToReminder = 0.5;
    private const double Rates = 0.45;
    private const double WantsCalls = 0.5;
    private const double Returns = 0.25;
    private static readonly TimeSpan ReturnsAfter = TimeSpan.FromDays(60);

    // Mostly a moment brings one or two.
    private const int FewMessages = 4;
    private const int ManyMessages = 50;

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>Cases that have begun.</summary>
    public int Begun { get; private set; }

    /// <summary>Gives every case of the log its customer, words and channel.</summary>
    public IReadOnlyList<ScriptedCase> Script(IReadOnlyList<LoggedCase> cases, IReadOnlyList<CustomerMessage> messages)
    {
        var scripts = new List<ScriptedCase>();
        var free = new Queue<(DateTimeOffset At, string Email)>();

        foreach (var log in cases)
        {
            var message = stage.Chance.OneOf($"message:{log.Id}", messages);

            // Some have been here before, long enough ago that it is another matter.
            var email =
                free.TryPeek(out var earlier) && earlier.At < log.Begins && stage.Chance.Happens($"returns:{log.Id}", Returns)
                    ? free.Dequeue().Email
                    : $"customer-{log.Id.ToLowerInvariant()}@example.com";
            free.Enqueue((log.Events[^1].At + ReturnsAfter, email));
            scripts.Add(new(log, message, email, stage.Chance.Weighted($"channel:{email}", ContactForms.Mix)));
        }

        return scripts;
    }

    /// <summary>Plans what the log says that customers do.</summary>
    public void Plan(IEnumerable<ScriptedCase> scripts)
    {
        foreach (var scripted in scripts)
        {
            stage.Agenda.Plan(scripted.Log.Begins, token => BeginAsync(scripted, token));

            foreach (var at in scripted.Log.Returns)
                // Who was helped meanwhile does not ask.
                stage.Agenda.Plan(
                    at,
                    token => scripted.IsHelped ? Task.CompletedTask : WriteAsync(scripted, "Any news about this?", token)
                );
        }
    }

    /// <summary>Reads what was sent to customers, and lets them answer.</summary>
    public async Task ReadAsync(CancellationToken ct)
    {
        string? before = null;
        var take = FewMessages;

        // Newest first: on until one that is known.
        while (true)
        {
            var page = await stage.Doors.GetAsync($"/api/messages?take={take}{(before is null ? "" : $"&before={before}")}", ct);
            var isKnown = false;
            var any = false;
            take = ManyMessages;

            foreach (var message in page.Items)
            {
                any = true;

                if (message.Text("id") is not { } id || !seen.Add(id))
                {
                    isKnown = true;
                    break;
                }

                before = id;
                stage.Totals.Count("message", message.Text("template") ?? "plain");

                if (message.Text("caseId") is { } caseId && stage.FindCase(caseId) is { } scripted)
                    Read(scripted, message.Text("template") ?? "", message.Text("body") ?? "");
            }

            if (isKnown || !any)
                return;
        }
    }

    private void Read(ScriptedCase scripted, string template, string body)
    {
        var what = $"{template}:{scripted.Log.Id}:{scripted.Contacts}";

        switch (template)
        {
            case "bot-answer":
                Later(what, TimeSpan.FromMinutes(25), token => TryAnswerAsync(scripted, token));
                break;
            case "question-to-customer" when stage.Chance.Happens(what, Replies):
                Later(
                    what,
                    TimeSpan.FromHours(5),
                    token => WriteAsync(scripted, "Here is what you asked for: it happened on Monday.", token)
                );
                break;
            case "reminder" when stage.Chance.Happens(what, RepliesToReminder):
                Later(what, TimeSpan.FromHours(20), token => WriteAsync(scripted, "Sorry for the wait. Yes, exactly as described.", token));
                break;
            case "promise-made" when stage.Chance.Happens(what, 0.1):
                Later(what, TimeSpan.FromHours(30), token => WriteAsync(scripted, "Is there news?", token));
                break;
            case "survey-invitation"
                when !scripted.IsRated && TokenIn(body, "/surveys/") is { } survey && stage.Chance.Happens(what, Rates):
                scripted.IsRated = true;
                Later(what, TimeSpan.FromHours(9), token => RateAsync(scripted, survey, token));
                break;
        }
    }

    /// <summary>What identifies the reader in a link, from its start to the next space.</summary>
    private static string? TokenIn(string body, string start) =>
        body.IndexOf(start, StringComparison.Ordinal) is >= 0 and var at ? body[(at + start.Length)..].Split(' ', '\n')[0] : null;

    private void Later(string what, TimeSpan median, Func<CancellationToken, Task> deed) =>
        stage.Agenda.Plan(stage.Time.Now + stage.Chance.Around($"{what}:delay", median, 0.8), deed);

    private async Task BeginAsync(ScriptedCase scripted, CancellationToken ct)
    {
        Begun++;
        await SendAsync(scripted, scripted.Message.Text, ct);

        if (scripted.Channel == "phone" && stage.Chance.Happens($"call-me:{scripted.Log.Id}", WantsCalls))
            Later($"call-me:{scripted.Log.Id}", TimeSpan.FromMinutes(3), token => CallMeAsync(scripted, token));
    }

    private async Task CallMeAsync(ScriptedCase scripted, CancellationToken ct)
    {
        if (scripted.CaseId is not { } caseId)
            return;

        var asked = await stage.Doors.PostAsync(
            "/api/callbacks",
            new
            {
                caseId,
                channel = "phone",
                numbers = new[] { ContactForms.NumberOf(scripted, stage.Chance) },
                reason = "asked on the phone",
            },
            null,
            ct
        );
        stage.Totals.Count("callback", asked.IsOk ? "asked for" : "not taken");
    }

    /// <summary>The customer tries what a bot has answered.</summary>
    private async Task TryAnswerAsync(ScriptedCase scripted, CancellationToken ct)
    {
        var uses = await stage.Doors.GetAsync($"/api/knowledge/uses?caseId={scripted.CaseId}", ct);

        var used = uses.IsOk ? uses.Body.EnumerateArray().LastOrDefault(u => u.Text("kind") == "answered") : default;
        var article = await stage.Doors.GetAsync($"/api/knowledge/articles/{used.Text("articleId")}", ct);
        var intents = article.IsOk && article.Body.TryGetProperty("latest", out var latest) ? latest.Texts("intents") : [];
        var reply = AnswerReply.Of(scripted.Log.Id, ReplayArticles.IsAbout(intents, scripted.Category), stage.Chance);
        stage.Totals.Count("answer", reply.Kind);
        scripted.IsHelped |= reply.IsHelped;

        if (reply.Text is { } text)
            await WriteAsync(scripted, text, ct);
    }

    private Task WriteAsync(ScriptedCase scripted, string text, CancellationToken ct) =>
        scripted.Contacts == 0 ? Task.CompletedTask : SendAsync(scripted, text, ct);

    private async Task SendAsync(ScriptedCase scripted, string text, CancellationToken ct)
    {
        var no = ++scripted.Contacts;
        var isSigned = scripted.Channel == ContactForms.Signed;
        var answer = await stage.Doors.SendContactAsync(
            isSigned ? $"/api/intake/signed/{stage.Source.Id}" : $"/api/intake/{scripted.Channel}",
            ContactForms.Of(scripted, no, text, stage.Chance),
            ContactForms.IdOf(scripted, no),
            isSigned ? body => WebhookSignature.Of(stage.Source.Secret, stage.Time.Now, body) : null,
            ct
        );

        if (!answer.IsOk)
        {
            stage.Totals.Count("contact", $"refused {(int)answer.Status}");
            return;
        }

        stage.Totals.Count("contact", no == 1 ? "first" : "further");
        stage.Totals.Count("channel", scripted.Channel);

        if (answer.Text("caseId") is { } caseId)
            stage.Bind(scripted, caseId);
        else if (answer.Text("interactionId") is { } interactionId)
            lock (unbound)
                unbound.Add((scripted, interactionId));
    }

    private readonly List<(ScriptedCase Scripted, string InteractionId)> unbound = [];

    /// <summary>Finds the cases that workflows have opened for contacts.</summary>
    public async Task BindAsync(CancellationToken ct)
    {
        foreach (var waiting in unbound.ToArray())
        {
            var found = await stage.Doors.GetAsync($"/api/interactions/{waiting.InteractionId}", ct);

            if (found.Text("caseId") is not { } caseId)
                continue;

            stage.Bind(waiting.Scripted, caseId);
            unbound.Remove(waiting);
        }
    }

    /// <summary>Contacts that no case was opened for.</summary>
    public int Unbound => unbound.Count;

    private async Task RateAsync(ScriptedCase scripted, string token, CancellationToken ct)
    {
        // Whoever wrote often is less content.
        (int Score, double Weight)[] scores =
            scripted.Contacts > 2 ? [(1, 15), (2, 15), (3, 25), (4, 30), (5, 15)] : [(1, 4), (2, 5), (3, 13), (4, 38), (5, 40)];
        var score = stage.Chance.Weighted($"score:{scripted.Log.Id}", scores);
        var answer = await stage.Doors.PostAsync(
            $"/api/surveys/{Uri.EscapeDataString(token)}",
            new { score, text = score <= 2 ? "It took too long." : null },
            null,
            ct
        );
        stage.Totals.Count("survey", answer.IsOk ? string.Create(CultureInfo.InvariantCulture, $"score {score}") : "not taken");
    }
}
