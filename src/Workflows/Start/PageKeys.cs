using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;
using ServiceLoop.Runtime.Secrets;
using ServiceLoop.Workflows.Secrets;

namespace ServiceLoop.Workflows.Start;

/// <summary>
/// The keys with which the pages sign what they give to browsers, and with which secrets are encrypted, in the database: every node understands what another
/// one gave.
/// </summary>
/// <remarks>ASP.NET Core reads them rarely and keeps what it read; its interface is synchronous.</remarks>
internal sealed class PageKeys(NpgsqlDataSource database, TimeProvider time) : IXmlRepository
{
    private static readonly string List = SqlFile.Beside<PageKeys>("page_key.list");
    private static readonly string Insert = SqlFile.Beside<PageKeys>("page_key.insert");

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand(List);
        using var reader = command.ExecuteReader();
        var keys = new List<XElement>();

        while (reader.Read())
            keys.Add(XElement.Parse(reader.GetString(0)));

        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = friendlyName });
        command.Parameters.Add(
            new NpgsqlParameter<string> { TypedValue = RingXml.Unversioned(element).ToString(SaveOptions.DisableFormatting) }
        );
        command.Parameters.Add(
            new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz }
        );
        command.ExecuteNonQuery();
    }
}

/// <summary>Registration.</summary>
internal static class PageKeysSetup
{
    /// <param name="services">The services.</param>
    /// <param name="ring">With what the keys are encrypted in the database.</param>
    public static IServiceCollection AddPageKeys(this IServiceCollection services, RingKeys ring)
    {
        services.AddSingleton(ring);
        services.AddSingleton<IValueCipher, ValueCipher>();
        services.AddDataProtection().SetApplicationName("ServiceLoop");
        services.AddSingleton<PageKeys>();
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<PageKeys, RingKeys>(
                (options, keys, ring) =>
                {
                    options.XmlRepository = keys;
                    options.XmlEncryptor = ring.Current is null ? null : new RingEncryptor(ring);
                }
            );
        return services;
    }
}
