using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Workflows.Health;

/// <summary>Ready only while the database answers and takes writes.</summary>
internal sealed class StoreCheck(NpgsqlDataSource database) : IHealthCheck
{
    private static readonly string ReadRole = SqlFile.Beside<StoreCheck>("server.read_role");

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = database.CreateCommand(ReadRole);
            return await command.ExecuteScalarAsync(cancellationToken) is true
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The database only reads.");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.", e);
        }
    }
}
