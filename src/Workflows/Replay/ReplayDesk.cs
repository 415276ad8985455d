using System.Diagnostics;
using System.Globalization;
using ServiceLoop.Workflows.CommandLine;
using ServiceLoop.Workflows.Start;

namespace ServiceLoop.Workflows.Replay;

/// <summary>Prepares the desk through its doors: people, queues where there are none, what messages can be about, and a model that knows it.</summary>
internal sealed class ReplayDesk(ReplayStage stage, SimulatedAgents agents, ReplayProgress progress)
{
    private const string FirstLine = "first-line";
    private const string Specialists = "specialists";

    // Every fifth category goes to the specialists, where there are any.
    private const int SpecialistShare = 5;

    /// <summary>Prepares it.</summary>
    /// <param name="messages">File of messages that the model learns from.</param>
    /// <param name="database">Address of the database, for the trainer.</param>
    /// <param name="ct">Cancels.</param>
    public async Task PrepareAsync(string messages, string database, CancellationToken ct)
    {
        // The door that takes a contact of every channel in one form; those of the channels want each its own.
        stage.HasIntake = false;
        var queues = await QueuesAsync(ct);
        await PeopleAsync(queues, ct);
        await FlowAsync(ct);
        await CategoriesAsync(queues, messages, database, ct);
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

    private async Task CategoriesAsync(List<string> queues, string messages, string database, CancellationToken ct)
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
            }),
        };
        Check(await stage.Doors.PutAsync("/api/triage/taxonomy", change, null, ct), "say what messages can be about");

        if (!Commands.Has("train"))
            return;

        progress.Say("The model learns the messages …");
        await TrainAsync(messages, database, ct);
    }

    private async Task TrainAsync(string messages, string database, CancellationToken ct)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{typeof(ReplayDesk).Assembly.GetName().Name}.dll"));
        // Two parts: how good it is, is measured by the replay itself.
        foreach (var argument in (string[])["train", Path.GetFullPath(messages), "--folds", "2", "--activate"])
            start.ArgumentList.Add(argument);

        start.Environment["ConnectionStrings__Default"] = database;
        using var trainer = Process.Start(start)!;
        var said = await Task.WhenAll(trainer.StandardOutput.ReadToEndAsync(ct), trainer.StandardError.ReadToEndAsync(ct));
        await trainer.WaitForExitAsync(ct);

        if (trainer.ExitCode != 0)
            // Too few messages of a kind, for example: then people are asked, as on a desk that is new.
            progress.Say($"The model could not be trained, so people sort the contacts: {said[1].Trim()} {said[0].Trim()}");
    }

    private static void Check(Answer answer, string what)
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
                        },
                        new { id = "Who", type = "ServiceLoop.IdentifyCustomer" },
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

        static object Literal(string value) => new { typeName = "String", expression = new { type = "Literal", value } };
    }
}
