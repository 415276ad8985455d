using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.ServiceDesk.Cases;

/// <summary>The cases that were settled in a window: what "without a person" and "standard question" mean, in one place for all reports.</summary>
internal static class SettledCases
{
    private static readonly string Settled = SqlFile.Beside<ServiceCase>("service_case.settled");

    /// <summary>A report about <c>settled</c>.</summary>
    /// <param name="report">Its statement, of which the first two parameters are the window; more tables of its own follow after a comma.</param>
    public static string Before(string report) => $"{Settled}\n{report}";
}
