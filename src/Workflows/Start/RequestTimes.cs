using ServiceLoop.Workflows.Api;

namespace ServiceLoop.Workflows.Start;

/// <summary>How long requests may take; section <c>Requests</c> of the settings.</summary>
internal sealed record RequestOptions
{
    /// <summary>
    /// A request that takes longer is given up with 503, and what it has not committed is not done. Not for what stays open on purpose (pages, live
    /// updates, exports), nor for HTTP workflows: they have a time of their own. 1 s to 1 h. Default: 2 minutes.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>Gives up requests that take too long.</summary>
internal static class RequestTimes
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromHours(1);

    /// <exception cref="StartException">The setting cannot be used.</exception>
    public static IServiceCollection AddRequestTimes(this IServiceCollection services, IConfiguration settings)
    {
        var limit = settings.ReadSection<RequestOptions>("Requests").Timeout;

        if (limit < Least || limit > Most)
            throw new StartException($"Requests:Timeout must lie between {Least} and {Most}; it is {limit}.");

        return services.AddRequestTimeouts(options =>
            options.DefaultPolicy = new()
            {
                Timeout = limit,
                TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
                WriteTimeoutResponse = context =>
                    Problems
                        .Of(
                            StatusCodes.Status503ServiceUnavailable,
                            "http.timeout",
                            $"The request took longer than {limit.TotalSeconds:0.#} s and was given up. Ask for less, or look at how busy the server and its database are."
                        )
                        .ExecuteAsync(context),
            }
        );
    }
}
