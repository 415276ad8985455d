using System.Collections.Immutable;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;

namespace ServiceLoop.Workflows.Api;

/// <summary>Our own door to definitions and their versions: what was published, by whom and why; rollback, restart, lint, removal.</summary>
internal static class VersionsApi
{
    private const int UsualPage = 50;
    private const int MaxPage = 1000;

    /// <summary>Instances that one call restarts at most; it must come to an end while its sender still waits.</summary>
    private const int MaxRestarts = 1000;

    /// <summary>Why.</summary>
    /// <param name="Note">What is said about it; null for nothing.</param>
    internal sealed record NoteRequest(string? Note);

    /// <summary>Where to go back to.</summary>
    /// <param name="Version">Number of a version that was published before.</param>
    /// <param name="Note">What is said about it; null for nothing.</param>
    internal sealed record RollbackRequest(int? Version, string? Note);

    /// <summary>Which instances to start anew, and how.</summary>
    /// <param name="Ids">The instances; nothing means all that run on <paramref name="FromVersion"/>.</param>
    /// <param name="FromVersion">Number of the version that they run on; null means of any but the one to start on.</param>
    /// <param name="ToVersion">Number of the version to start on; null means the published one.</param>
    /// <param name="FromActivityId">Id of a step of its outermost flowchart to begin with; null for the beginning.</param>
    /// <param name="Variables">Names or ids of the variables that keep their values.</param>
    /// <param name="KeepsAllVariables">True: all of them do.</param>
    internal sealed record RestartInstancesRequest(
        string[]? Ids,
        int? FromVersion,
        int? ToVersion,
        string? FromActivityId,
        string[]? Variables,
        bool? KeepsAllVariables
    );

    /// <summary>Which definitions to list.</summary>
    /// <param name="Versions"><c>Latest</c> (the default), <c>Published</c>, <c>LatestOrPublished</c>, <c>LatestAndPublished</c>, <c>Draft</c>, <c>All</c> or a number.</param>
    /// <param name="Search">A part of name, description or id.</param>
    /// <param name="OrderBy"><c>Created</c> (the default), <c>Name</c> or <c>Version</c>.</param>
    /// <param name="Descending">True: the largest first.</param>
    /// <param name="IsSystem">Only those of the system, or only the others.</param>
    /// <param name="Page">From 0.</param>
    /// <param name="PageSize">1 to 1000; default 50.</param>
    internal sealed record ListRequest(
        string? Versions,
        string? Search,
        DefinitionOrder? OrderBy,
        bool? Descending,
        bool? IsSystem,
        int? Page,
        int? PageSize
    );

    public static RouteGroupBuilder MapVersions(this RouteGroupBuilder routes)
    {
        var definitions = routes.MapGroup("/definitions").Needs(Permissions.DefinitionsRead).WithTags("Versions");
        definitions.MapGet("", ListAsync).WithSummary("Definitions, by page.");
        definitions.MapGet("/{definitionId}/versions", VersionsAsync).WithSummary("The versions of a line, newest first.");
        definitions
            .MapGet("/{definitionId}/versions/{version:int}", FindAsync)
            .WithSummary("A version with what was odd about it when it was published; of a draft, what is wrong or odd with it now.");
        definitions
            .MapGet("/{definitionId}/publications", PublicationsAsync)
            .WithSummary("What happened to the published version, newest first.");
        definitions.MapGet("/{definitionId}/running", RunningAsync).WithSummary("How many instances run on each version.");
        definitions.MapGet("/{definitionId}/lint", LintAsync).WithSummary("All that is wrong or odd with the latest version.");
        definitions
            .MapPost("/{definitionId}/publish", PublishAsync)
            .Needs(Permissions.DefinitionsPublish)
            .WithSummary("Publishes the latest version.");
        definitions
            .MapPost("/{definitionId}/retract", RetractAsync)
            .Needs(Permissions.DefinitionsPublish)
            .WithSummary("Takes the published version back.");
        definitions
            .MapPost("/{definitionId}/rollback", RollbackAsync)
            .Needs(Permissions.DefinitionsPublish)
            .WithSummary("Points new starts at a version that was published before, at once; running instances stay where they are.");
        definitions
            .MapPost("/{definitionId}/restart", RestartAsync)
            .Needs(Permissions.InstancesRepair)
            .WithSummary(
                "Cancels instances and starts them anew on another version, perhaps from a stage; none is lost and none started twice."
            );
        definitions
            .MapDelete("/{definitionId}", DeleteLineAsync)
            .Needs(Permissions.DefinitionsDelete)
            .WithSummary("Removes a line with all its versions.");
        definitions
            .MapDelete("/{definitionId}/versions/{version:int}", DeleteVersionAsync)
            .Needs(Permissions.DefinitionsDelete)
            .WithSummary("Removes a version.");
        return routes;
    }

    private static async Task<Ok<PageView<VersionView>>> ListAsync(
        [AsParameters] ListRequest request,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var filter = new DefinitionFilter
        {
            Versions = string.IsNullOrWhiteSpace(request.Versions) ? VersionOption.Latest : VersionOptions.Read(request.Versions),
            SearchTerm = request.Search,
            OrderBy = request.OrderBy ?? DefinitionOrder.Created,
            Descending = request.Descending ?? false,
            IsSystem = request.IsSystem,
        };
        var rows = await definitions.ListAsync(filter, Skip(request.Page, request.PageSize), Take(request.PageSize), ct);
        return TypedResults.Ok(
            new PageView<VersionView>([.. rows.Select(r => VersionView.Of(r, running: null))], await definitions.CountAsync(filter, ct))
        );
    }

    private static async Task<Results<Ok<PageView<VersionView>>, ProblemHttpResult>> VersionsAsync(
        string definitionId,
        int? page,
        int? pageSize,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var filter = new DefinitionFilter
        {
            DefinitionIds = [definitionId],
            OrderBy = DefinitionOrder.Version,
            Descending = true,
        };
        var count = await definitions.CountAsync(filter, ct);

        if (count == 0)
            return Unknown(definitionId);

        var rows = await definitions.ListAsync(filter, Skip(page, pageSize), Take(pageSize), ct);
        var running = (await definitions.CountRunningAsync(definitionId, ct)).ToDictionary(
            r => r.VersionId,
            r => r.Running,
            StringComparer.Ordinal
        );
        return TypedResults.Ok(new PageView<VersionView>([.. rows.Select(r => VersionView.Of(r, running.GetValueOrDefault(r.Id)))], count));
    }

    private static async Task<Results<Ok<LintedVersionView>, ProblemHttpResult>> FindAsync(
        string definitionId,
        int version,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        version > 0 && await definitions.FindAsync(definitionId, version, ct) is { } row
            ? TypedResults.Ok(new LintedVersionView(VersionView.Of(row, running: null), await definitions.LintAsync(row, ct)))
            : Unknown(definitionId, version);

    private static async Task<Ok<IReadOnlyList<Publication>>> PublicationsAsync(
        string definitionId,
        int? page,
        int? pageSize,
        DefinitionService definitions,
        CancellationToken ct
    ) => TypedResults.Ok(await definitions.ListPublicationsAsync(definitionId, Skip(page, pageSize), Take(pageSize), ct));

    private static async Task<Ok<IReadOnlyList<VersionLoad>>> RunningAsync(
        string definitionId,
        DefinitionService definitions,
        CancellationToken ct
    ) => TypedResults.Ok(await definitions.CountRunningAsync(definitionId, ct));

    private static async Task<Results<Ok<ImmutableArray<LintWarning>>, ProblemHttpResult>> LintAsync(
        string definitionId,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.FindAsync(definitionId, -1, ct) is { } latest
            ? TypedResults.Ok(await definitions.LintAsync(latest, ct))
            : Unknown(definitionId);

    private static async Task<Ok<PublishedView>> PublishAsync(
        string definitionId,
        NoteRequest? request,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var result = await definitions.PublishAsync(definitionId, request?.Note, ct);
        return TypedResults.Ok(
            new PublishedView(
                VersionView.Of(result.Version, running: null),
                result.WasPublished,
                result.Followers,
                await definitions.LintAsync(result.Version, ct)
            )
        );
    }

    private static async Task<Results<Ok<VersionView>, ProblemHttpResult>> RetractAsync(
        string definitionId,
        NoteRequest? request,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        await definitions.RetractAsync(definitionId, request?.Note, ct) is { } row
            ? TypedResults.Ok(VersionView.Of(row, running: null))
            : Problems.Of(
                StatusCodes.Status409Conflict,
                "definition.not-published",
                $"No version of the definition '{definitionId}' is published, so there is nothing to take back."
            );

    private static async Task<Ok<RolledBackView>> RollbackAsync(
        string definitionId,
        RollbackRequest request,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        if (request.Version is not > 0)
            throw new RequestException(
                "rollback.version",
                $"'{request.Version}' in version is no number of a version. Say which one new instances are to start on, from 1."
            );

        var result = await definitions.RollbackAsync(definitionId, request.Version.Value, request.Note, ct);
        return TypedResults.Ok(
            new RolledBackView(
                VersionView.Of(result.Version, running: null),
                result.WasPublished,
                result.Replaced,
                result.Followers,
                result.Running
            )
        );
    }

    private static async Task<Ok<RestartedView>> RestartAsync(
        string definitionId,
        RestartInstancesRequest request,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var target = await VersionAsync(definitionId, request.ToVersion ?? 0, definitions, ct);
        var restart = new RestartRequest
        {
            VersionId = target,
            FromActivityId = string.IsNullOrWhiteSpace(request.FromActivityId) ? null : request.FromActivityId,
            Variables = [.. request.Variables ?? []],
            KeepsAllVariables = request.KeepsAllVariables ?? false,
        };
        var ids = request.Ids is { Length: > 0 } given
            ? given
            : await IdsAsync(definitionId, request.FromVersion, target, runtime, definitions, ct);
        var started = new Dictionary<string, string>(StringComparer.Ordinal);
        var items = await Bulk.RunAsync(
            ids,
            async (id, token) =>
            {
                if (await runtime.FindStandingAsync(id, token) is not { } standing || standing.Summary.DefinitionId != definitionId)
                    throw new InstanceNotFoundException(id);

                started[id] = (await runtime.RestartAsync(id, restart, token)).NewInstanceId;
            },
            ct
        );
        return TypedResults.Ok(
            new RestartedView(
                [.. items.Select(i => new RestartedItemView(i.InstanceId, started.GetValueOrDefault(i.InstanceId), i.Error))],
                ids.Length == MaxRestarts
            )
        );
    }

    /// <summary>The oldest first would be fairer, but pages are read newest first; what is left over is taken by the next call.</summary>
    private static async Task<string[]> IdsAsync(
        string definitionId,
        int? fromVersion,
        string target,
        WorkflowRuntime runtime,
        DefinitionService definitions,
        CancellationToken ct
    )
    {
        var from = fromVersion is { } number ? await VersionAsync(definitionId, number, definitions, ct) : null;
        var filter = new InstanceFilter
        {
            DefinitionId = definitionId,
            VersionId = from,
            IsRunning = true,
        };
        var found = new List<string>();

        while (found.Count < MaxRestarts && await runtime.ListAsync(filter, 0, MaxPage, ct) is { Count: > 0 } page)
        {
            found.AddRange(page.Where(i => from is not null || i.VersionId != target).Select(i => i.Id));
            filter = filter with { Before = (page[^1].CreatedAt, page[^1].Id) };
        }

        return [.. found.Take(MaxRestarts)];
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteLineAsync(
        string definitionId,
        bool? withEnded,
        DefinitionService definitions,
        CancellationToken ct
    ) => Answer(await definitions.DeleteLineAsync(definitionId, withEnded ?? false, ct), $"'{definitionId}'");

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteVersionAsync(
        string definitionId,
        int version,
        bool? withEnded,
        DefinitionService definitions,
        CancellationToken ct
    ) =>
        version > 0 && await definitions.FindAsync(definitionId, version, ct) is { } row
            ? Answer(await definitions.DeleteVersionAsync(row.Id, withEnded ?? false, ct), $"Version {version} of '{definitionId}'")
            : Unknown(definitionId, version);

    private static Results<NoContent, ProblemHttpResult> Answer(DeleteResult result, string what) =>
        result switch
        {
            DeleteResult.Deleted => TypedResults.NoContent(),
            DeleteResult.IsPublished => Refused("definition.published", $"{what} is published. Take it back first."),
            DeleteResult.IsRunning => Refused("definition.running", $"Instances run on {what}. Wait for them, cancel or migrate them."),
            DeleteResult.HasEnded => Refused(
                "definition.has-ended",
                $"Instances that have ended ran on {what} and would lose their definition. Say withEnded=true to remove them with it."
            ),
            DeleteResult.IsPinned => Refused(
                "definition.pinned",
                $"A published workflow uses {what} as an activity, and stays bound to it."
            ),
            _ => throw new InvalidOperationException($"Unknown result {result}."),
        };

    private static async Task<string> VersionAsync(string definitionId, int version, DefinitionService definitions, CancellationToken ct) =>
        (await definitions.FindAsync(definitionId, version, ct))?.Id
        ?? throw new DefinitionNotFoundException(
            version == 0 ? $"No version of '{definitionId}' is published." : $"Definition '{definitionId}' has no version {version}."
        );

    private static int Take(int? pageSize) => Math.Clamp(pageSize ?? UsualPage, 1, MaxPage);

    private static int Skip(int? page, int? pageSize) => (int)Math.Min(int.MaxValue, (long)Math.Max(0, page ?? 0) * Take(pageSize));

    private static ProblemHttpResult Refused(string code, string sentence) => Problems.Of(StatusCodes.Status409Conflict, code, sentence);

    private static ProblemHttpResult Unknown(string definitionId, int? version = null) =>
        Problems.NotFound(
            "definition.unknown",
            version is null ? $"There is no definition '{definitionId}'." : $"Definition '{definitionId}' has no version {version}."
        );
}
