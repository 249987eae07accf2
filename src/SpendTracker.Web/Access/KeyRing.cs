using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace SpendTracker.Web.Access;

/// <summary>
/// Keeps the keys that sign cookies in the database, so that a cookie holds on every host and over restarts. Who can read
/// the database can forge a cookie, and could as well write events.
/// </summary>
internal sealed class KeyRing(NpgsqlDataSource dataSource) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = dataSource.CreateCommand("select xml from spend.data_protection_key");
        using var reader = command.ExecuteReader();
        List<XElement> keys = [];
        while (reader.Read())
        {
            keys.Add(XElement.Parse(reader.GetString(0)));
        }

        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = dataSource.CreateCommand("insert into spend.data_protection_key (name, xml) values ($1, $2)");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.ExecuteNonQuery();
    }
}
