namespace ServiceLoop.Workflows.HttpWorkflows;

/// <summary>How HTTP workflows are served; section <c>Http</c> of the settings.</summary>
internal sealed record HttpWorkflowOptions
{
    /// <summary>Path below which workflows listen. Default: <c>/workflows</c>.</summary>
    public string BasePath { get; init; } = "/workflows";

    /// <summary>Largest body that is read at all, in bytes, whatever an endpoint allows. It becomes part of the instance. Default: 30 MB.</summary>
    public long MaxRequestBytes { get; init; } = 30_000_000;

    /// <summary>How long a workflow may take to answer where its endpoint names no time. Default: 2 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// True: anybody may call an endpoint that does not ask for authorization, as Elsa does. False, the default: everybody says who they are, and has the
    /// permission <c>workflows:call</c>.
    /// </summary>
    public bool Anonymous { get; init; }

    /// <summary>One slash in front, none behind.</summary>
    public string Root => "/" + BasePath.Trim('/');
}
