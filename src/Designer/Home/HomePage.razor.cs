using Microsoft.AspNetCore.Components;
using ServiceLoop.Runtime.Access;
using ServiceLoop.Runtime.Definitions;
using ServiceLoop.Runtime.Instances;
using ServiceLoop.Runtime.Store;
using ServiceLoop.Runtime.Work;

namespace ServiceLoop.Designer.Home;

/// <summary>What runs, and what needs a hand.</summary>
public sealed partial class HomePage
{
    private WorkDepths depths = new(0, 0, 0, 0, null);
    private long incidents;
    private long running;
    private bool areAllCounted = true;
    private long drafts;
    private long published;

    [Inject]
    private WorkflowRuntime Runtime { get; set; } = null!;

    [Inject]
    private WorkDesk Work { get; set; } = null!;

    [Inject]
    private DefinitionService Definitions { get; set; } = null!;

    /// <inheritdoc />
    protected override TimeSpan? Rhythm => TimeSpan.FromSeconds(10);

    private bool MaySee => May(Permissions.InstancesRead) || May(Permissions.WorkRead) || May(Permissions.DefinitionsRead);

    private string Incidents => incidents.ToString("N0", null);

    private string RunningText => areAllCounted ? running.ToString("N0", null) : S["AtLeast", running.ToString("N0", null)];

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken ct)
    {
        if (May(Permissions.InstancesRead))
        {
            var faulty = await Runtime.PageAsync(new InstanceFilter { HasIncidents = true }, default, 0, 1, ct);
            var living = await Runtime.PageAsync(new InstanceFilter { IsRunning = true }, default, 0, 1, ct);
            (incidents, running, areAllCounted) = (faulty.Total, living.Total, living.IsExact);
        }

        if (May(Permissions.DefinitionsRead))
        {
            drafts = await Definitions.CountAsync(new DefinitionFilter { Versions = VersionOption.Draft, IsSystem = false }, ct);
            published = await Definitions.CountAsync(new DefinitionFilter { Versions = VersionOption.Published, IsSystem = false }, ct);
        }

        if (May(Permissions.WorkRead))
            depths = await Work.MeasureAsync(ct);
    }

    private bool May(string permission) => Access.Actor.May(permission);
}
