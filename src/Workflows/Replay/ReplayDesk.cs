using System.Diagnostics;
using System.Globalization;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Replay;

/// <summary>Prepares the desk through its doors: people, queues where there are none, what messages can be about, and a model that knows it.</summary>
internal sealed class ReplayDesk(ReplayStage stage, SimulatedAgents agents, ReplayArticles articles, ReplayProgress progress)
{
    private const string FirstLine = "first-line";
    private const string Specialists = "specialists";
    private const string InteractionId = "InteractionId";

    // Every fifth category goes to the specialists, where there are any.
    private const int SpecialistShare = 5;

    private static readonly TimeSpan LongestLoad = TimeSpan.FromMinutes(2);

    /// <summary>Prepares it.</summary>
    /// <param name="lessons">File of messages that the model learns.</param>
    /// <param name="database">Address of the database, for the trainer.</param>
    /// <param name="nodes">The nodes, which are to have the model in force.</param>
    /// <param name="ct">Cancels.</param>
    public async Task PrepareAsync(string lessons, string database, IReadOnlyList<ReplayNode> nodes, CancellationToken ct)
    {
        await SourceAsync(ct);
        var queues = await QueuesAsync(ct);
        await PeopleAsync(queues, ct);
        await FlowAsync(ct);
        await ArticlesAsync(nodes, ct);
        await CategoriesAsync(queues, lessons, database, nodes, ct);
        // What the search for doors was told is no refusal.
        stage.Doors.Refusals.Clear();
    }

    private async Task<List<string>> QueuesAsync(CancellationToken ct)
    {
        var found = (await stage.Doors.GetAsync("/api/queues", ct)).Items.Select(q => q.Text("id")!).ToList();

        if (!found.Contains(FirstLine))
        {
            Check(await stage.Doors.PutAsync($"/api/queues/{FirstLine}", new { name = "First line" }, null, ct), "make a queue");
            found.Add(FirstLine);
        }

        return found;
    }

    private async Task PeopleAsync(List<string> queues, CancellationToken ct)
    {
        var skills = (await stage.Doors.GetAsync("/api/skills", ct)).Items.Select(s => s.Text("id")!).ToList();

        for (var i = 0; i < agents.Ids.Count; i++)
        {
            var id = agents.Ids[i];
            Check(await stage.Doors.PutAsync($"/api/agents/{id}", new { name = $"Agent {i + 1}" }, null, ct), "make an agent");

            // All speak the languages; the levels differ, so that fit has something to choose by.
            foreach (var skill in skills)
                await stage.Doors.PutAsync($"/api/agents/{id}/skills/{skill}", new { level = 3 + (i + skill.Length) % 3 }, null, ct);

            for (var q = 0; q < queues.Count; q++)
                if (queues[q] == FirstLine || i < 2 || (i + q) % 3 == 0)
                    await stage.Doors.PutAsync($"/api/queues/{queues[q]}/members/{id}", new { primary = true }, null, ct);
        }
    }

    /// <summary>The flow of the product; the small one of the guide where that is not there.</summary>
    private async Task FlowAsync(CancellationToken ct)
    {
        var published = await stage.Doors.GetAsync(
            "/elsa/api/workflow-definitions/by-definition-id/service-case?versionOptions=Published",
            ct
        );

        if (published.IsOk)
            return;

        progress.Say("There is no published definition 'service-case': a small flow with one task takes its place.");
        await stage.Doors.PutAsync(
            "/api/message-templates/case-settled/outbox/en",
            new { body = "Your case is settled.", lastVersion = 0 },
            null,
            ct
        );
        Check(await stage.Doors.PostAsync("/elsa/api/workflow-definitions", SmallFlow(), null, ct), "publish a flow");
    }

    private async Task ArticlesAsync(IReadOnlyList<ReplayNode> nodes, CancellationToken ct)
    {
        if (articles.Files.IsEmpty)
            return;

        progress.Say($"{articles.Files.Length} articles are written and approved …");

        if (articles.Unasked(stage.Categories) is { Count: > 0 } unasked)
            progress.Say($"  No message is about {string.Join(", ", unasked)}, of which articles say that they answer it.");

        await articles.ImportAsync(stage.Doors, nodes, ct);
    }

    private async Task CategoriesAsync(
        List<string> queues,
        string lessons,
        string database,
        IReadOnlyList<ReplayNode> nodes,
        CancellationToken ct
    )
    {
        for (var i = 0; i < stage.Categories.Count; i++)
            stage.SetQueue(
                stage.Categories[i],
                queues.Contains(Specialists) && i % SpecialistShare == SpecialistShare - 1 ? Specialists : FirstLine
            );

        var taxonomy = await stage.Doors.GetAsync("/api/triage/taxonomy", ct);
        // Without one the door answers all the same, with a code of its own.
        stage.HasTriage = taxonomy.IsOk || taxonomy.Text("code") is not null;

        if (!stage.HasTriage)
            return;

        var change = new
        {
            expectedVersion = taxonomy.Body.Number("version"),
            note = "what the messages of the replay are about",
            intents = stage.Categories.Select(c => new
            {
                name = c,
                english = c.Replace('_', ' '),
                category = c,
                queue = stage.QueueOf(c),
                isStandard = articles.AnswersAlone(c),
            }),
        };
        Check(await stage.Doors.PutAsync("/api/triage/taxonomy", change, null, ct), "say what messages can be about");

        if (!Commands.Has("train"))
            return;

        progress.Say("The model learns every second message of each category …");
        var before = await Task.WhenAll(nodes.Select(n => ModelOfAsync(n, ct)));

        if (!await TrainAsync(lessons, database, ct))
            return;

        for (var i = 0; i < nodes.Count; i++)
            await InForceAsync(nodes[i], before[i], ct);

        stage.IsTrained = true;
    }

    /// <summary>Trains in a process of its own, to the end and before the first customer comes.</summary>
    /// <returns>False when there is no model.</returns>
    private async Task<bool> TrainAsync(string lessons, string database, CancellationToken ct)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{typeof(ReplayDesk).Assembly.GetName().Name}.dll"));
        // Two parts: how good it is, is measured by the replay itself.
        foreach (var argument in (string[])["train", lessons, "--folds", "2", "--activate"])
            start.ArgumentList.Add(argument);

        start.Environment["ConnectionStrings__Default"] = database;
        using var trainer = Process.Start(start)!;

        try
        {
            var wrong = trainer.StandardError.ReadToEndAsync(ct);
            var said = new List<string>();

            while (await trainer.StandardOutput.ReadLineAsync(ct) is { } line)
            {
                said.Add(line);

                // How far it is, and what it kept; the figures by intent are the trainer's own report.
                if (line.StartsWith('…') || line.StartsWith("Kept", StringComparison.Ordinal))
                    progress.Say($"  {line}");
            }

            await trainer.WaitForExitAsync(ct);

            if (trainer.ExitCode == 0)
                return true;

            // Too few messages of a kind, for example: then people are asked, as on a desk that is new.
            progress.Say($"The model could not be trained, so people sort the contacts: {(await wrong).Trim()} {said.LastOrDefault()}");
            return false;
        }
        finally
        {
            if (!trainer.HasExited)
                trainer.Kill();
        }
    }

    private async Task<string?> ModelOfAsync(ReplayNode node, CancellationToken ct) =>
        await stage.Doors.AskAsync(node, HttpMethod.Post, "/api/triage/trial", new { text = "Where is my card?" }, ct)
            is { IsOk: true } tried
            ? tried.Text("modelVersion")
            : null;

    /// <summary>Waits until a node judges by the new model.</summary>
    private async Task InForceAsync(ReplayNode node, string? before, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();

        while (await ModelOfAsync(node, ct) is var now && (now is null || now == before))
        {
            if (TimeProvider.System.GetElapsedTime(since) > LongestLoad)
                throw new StartException(
                    $"The node at {node.Address} still judges by {now ?? "no model"}, and not by the one that was trained."
                );

            await Task.Delay(100, ct);
        }
    }

    /// <summary>The program that sends what is written on a social network, signed.</summary>
    private async Task SourceAsync(CancellationToken ct)
    {
        var made = await stage.Doors.PostAsync(
            "/api/intake/sources",
            new { name = "Replay of a social network", channel = ContactForms.Signed },
            null,
            ct
        );
        Check(made, "make a source of signed contacts");
        stage.Source = (made.Body.GetProperty("source").Text("id")!, made.Text("secret")!);
    }

    /// <summary>What the replay needs, the product must do.</summary>
    /// <exception cref="StartException">It does not.</exception>
    public static void Check(Answer answer, string what)
    {
        if (!answer.IsOk)
            throw new StartException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The replay could not {what}: {(int)answer.Status} {answer.Text("detail") ?? answer.Body.ToString()}"
                )
            );
    }

    private static object SmallFlow()
    {
        return new
        {
            publish = true,
            model = new
            {
                definitionId = "replay-desk",
                name = "Replay desk",
                variables = new object[] { Interaction() },
                root = new
                {
                    id = "r",
                    type = "Elsa.Sequence",
                    activities = new object[]
                    {
                        new
                        {
                            id = "In",
                            type = "ServiceLoop.ReceiveContact",
                            customProperties = new { canStartWorkflow = true },
                            interactionId = new { typeName = "String", memoryReference = new { id = InteractionId } },
                        },
                        new
                        {
                            id = "Who",
                            type = "ServiceLoop.IdentifyCustomer",
                            interactionId = new { typeName = "String", expression = new { type = "Variable", value = Interaction() } },
                        },
                        new
                        {
                            id = "Ask",
                            type = "ServiceLoop.AssignTask",
                            title = Literal("Look at it"),
                            queue = Literal(FirstLine),
                        },
                        new
                        {
                            id = "Tell",
                            type = "ServiceLoop.SendMessage",
                            channel = Literal("Outbox"),
                            recipient = Literal("customer"),
                            template = Literal("case-settled"),
                        },
                        new { id = "Res", type = "ServiceLoop.ResolveCase" },
                        new { id = "Close", type = "ServiceLoop.CloseCase" },
                    },
                },
            },
        };

        static object Interaction() =>
            new
            {
                id = InteractionId,
                name = InteractionId,
                typeName = "String",
            };

        static object Literal(string value) => new { typeName = "String", expression = new { type = "Literal", value } };
    }
}
