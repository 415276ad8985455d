using ServiceLoop.ServiceDesk;
using ServiceLoop.ServiceDesk.Agents;
using ServiceLoop.ServiceDesk.Calendars;
using ServiceLoop.ServiceDesk.Clocks;
using ServiceLoop.ServiceDesk.Escalations;
using ServiceLoop.ServiceDesk.Messages.Templates;
using ServiceLoop.ServiceDesk.Routing;
using ServiceLoop.ServiceDesk.Triage;
using ServiceLoop.Workflows.Api.Desk;

namespace ServiceLoop.Workflows.Import;

/// <summary>Calendars of working time with their holidays.</summary>
internal sealed class StartCalendars(CalendarService calendars) : IDeskStartPart
{
    private sealed record Entry(
        string? Name,
        string? Zone,
        CalendarsApi.WeekdayView[]? Weekly,
        string? Reason,
        bool IsDefault,
        string? Holidays,
        CalendarsApi.HoursView[]? MakeUpHours
    );

    public string FileName => "calendars.json";

    public Task<int> BringAsync(string json, string folder, CancellationToken ct) =>
        DeskStartFile.EachAsync<Entry>(
            json,
            async entry =>
            {
                var known = await calendars.ListAsync(ct);

                if (known.Any(c => c.Calendar.Name == entry.Name))
                    return false;

                var request = new CalendarsApi.SaveRequest(entry.Name, entry.Zone, null, entry.Weekly, null, entry.Reason, null).Read();

                // What can be wrong with it is looked at before anything is made.
                var list = entry.Holidays is null ? null : await ReadAsync(Path.Combine(folder, Path.GetFileName(entry.Holidays)), ct);
                var hours = (entry.MakeUpHours ?? []).Select((h, i) => h.Read($"makeUpHours[{i}]")).ToList();
                var made = await calendars.CreateAsync(request, ct);

                if (list is not null)
                    await calendars.ImportAsync(made.Calendar.Id, list, [.. hours], ct);

                if (entry.IsDefault && !known.Any(c => c.IsDefault))
                    await calendars.MakeDefaultAsync(made.Calendar.Id, ct);

                return true;
            }
        );

    private static async Task<string> ReadAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path))
            throw DeskRefusedException.Invalid("start.holidays", "holidays", $"'holidays' names '{path}', and there is no such file.");

        var text = await File.ReadAllTextAsync(path, ct);
        return HolidayList.Read(text).Problems is [var problem, ..]
            ? throw DeskRefusedException.Invalid("start.holidays", "holidays", $"{path}: {problem}")
            : text;
    }
}

/// <summary>Skills that agents may have.</summary>
internal sealed class StartSkills(AgentDesk agents) : IDeskStartPart
{
    public string FileName => "skills.json";

    public async Task<int> BringAsync(string json, string folder, CancellationToken ct)
    {
        var known = (await agents.SkillsAsync(ct)).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        return await DeskStartFile.EachAsync<SkillView>(
            json,
            async skill => !known.Contains(skill.Id) && await agents.SaveSkillAsync(skill, ct) is not null
        );
    }
}

/// <summary>Queues of work; one that overflows into another stands after it.</summary>
internal sealed class StartQueues(Queues queues, CalendarService calendars) : IDeskStartPart
{
    private sealed record Entry(string? Id, string? Name, string? Calendar, string? OverflowTo, int MaxWait = 480);

    public string FileName => "queues.json";

    public async Task<int> BringAsync(string json, string folder, CancellationToken ct)
    {
        var known = (await queues.ListAsync(ct)).Select(q => q.Id).ToHashSet(StringComparer.Ordinal);
        var times = await calendars.ListAsync(ct);
        return await DeskStartFile.EachAsync<Entry>(
            json,
            async entry =>
            {
                if (known.Contains(entry.Id ?? ""))
                    return false;

                await queues.SaveAsync(
                    new(entry.Id ?? "", entry.Name ?? "")
                    {
                        CalendarId = StartCalendarNames.IdOf(times, entry.Calendar),
                        OverflowTo = entry.OverflowTo,
                        MaxWait = entry.MaxWait,
                    },
                    ct
                );
                return true;
            }
        );
    }
}

/// <summary>Policies of service levels; they are in force at once.</summary>
internal sealed class StartPolicies(SlaPolicyService policies, CalendarService calendars) : IDeskStartPart
{
    private sealed record Entry(string? Name, string? Metric, SlaPoliciesApi.TargetView[]? Targets, string? Calendar);

    public string FileName => "sla-policies.json";

    public async Task<int> BringAsync(string json, string folder, CancellationToken ct)
    {
        var known = (await policies.ListAsync(ct)).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var times = await calendars.ListAsync(ct);
        return await DeskStartFile.EachAsync<Entry>(
            json,
            async entry =>
            {
                if (known.Contains(entry.Name ?? ""))
                    return false;

                var calendar = StartCalendarNames.IdOf(times, entry.Calendar);
                var content = new SlaPoliciesApi.SaveRequest(
                    null,
                    null,
                    entry.Targets,
                    calendar,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null
                ).Read();
                var made = await policies.CreateAsync(entry.Name ?? "", entry.Metric ?? "", content, ct);
                await policies.ActivateAsync(made.PolicyId, made.Number, ct);
                return true;
            }
        );
    }
}

/// <summary>The ladder, where the company has none of its own.</summary>
internal sealed class StartLadder(EscalationService escalations) : IDeskStartPart
{
    public string FileName => "ladder.json";

    public async Task<int> BringAsync(string json, string folder, CancellationToken ct)
    {
        if ((await escalations.LadderAsync(ct)).Version > 0)
            return 0;

        try
        {
            await escalations.SaveLadderAsync(DeskStartFile.ReadOne<LadderView>(json).Read(), 0, ct);
            return 1;
        }
        catch (DeskRefusedException e)
        {
            return e.Kind == DeskRefusal.Conflict ? 0 : throw new DeskStartException("$", e.Message, e);
        }
    }
}

/// <summary>Texts for customers, each in each language.</summary>
internal sealed class StartTemplates(MessageTemplates templates) : IDeskStartPart
{
    public string FileName => "templates.json";

    public async Task<int> BringAsync(string json, string folder, CancellationToken ct)
    {
        var known = (await templates.ListAsync(ct)).Select(t => (t.Name, t.Channel, t.Language)).ToHashSet();
        return await DeskStartFile.EachAsync<TemplateDraft>(
            json,
            async draft =>
                !known.Contains((draft.Name ?? "", draft.Channel, draft.Language ?? ""))
                && await templates.SaveAsync(draft, 0, ct) is not null
        );
    }
}

/// <summary>Calendars by the names that people know, as ids are not known before they are made.</summary>
internal static class StartCalendarNames
{
    public static string? IdOf(IReadOnlyList<CalendarView> calendars, string? name) =>
        name is null ? null
        : calendars.FirstOrDefault(c => c.Calendar.Name == name) is { } found ? found.Calendar.Id
        : throw DeskRefusedException.Invalid(
            "start.calendar",
            "calendar",
            $"'calendar' is '{TextRules.Quote(name)}', and there is no such calendar. Put it into calendars.json."
        );
}

/// <summary>What contacts may want, where the company has not said so itself.</summary>
internal sealed class StartTaxonomy(TaxonomyDesk taxonomies) : IDeskStartPart
{
    public string FileName => "taxonomy.json";

    public async Task<int> BringAsync(string json, string folder, CancellationToken ct)
    {
        if ((await taxonomies.CurrentAsync(ct)).Version > 0)
            return 0;

        try
        {
            return (await taxonomies.SeedAsync(System.Text.Encoding.UTF8.GetBytes(json), ct)).Version > 0 ? 1 : 0;
        }
        catch (DeskRefusedException e)
        {
            throw new DeskStartException("$", e.Message, e);
        }
    }
}
