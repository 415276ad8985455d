using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using NpgsqlTypes;
using ServiceLoop.Runtime.Postgres;

namespace ServiceLoop.Workflows.Start;

/// <summary>The keys with which the pages sign what they give to browsers, in the database: every node understands what another one gave.</summary>
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
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = element.ToString(SaveOptions.DisableFormatting) });
        command.Parameters.Add(
            new NpgsqlParameter<DateTimeOffset> { TypedValue = time.GetUtcNow(), NpgsqlDbType = NpgsqlDbType.TimestampTz }
        );
        command.ExecuteNonQuery();
    }
}

/// <summary>Registration.</summary>
internal static class PageKeysSetup
{
    public static IServiceCollection AddPageKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("ServiceLoop");
        services.AddSingleton<PageKeys>();
        services.AddOptions<KeyManagementOptions>().Configure<PageKeys>((options, keys) => options.XmlRepository = keys);
        return services;
    }
}
