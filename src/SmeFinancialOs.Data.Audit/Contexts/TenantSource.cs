using System.Text.Json;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Contexts;

/// <summary>Where a context keeps the tenant's id: in a setting, or in the JSON of one.</summary>
internal sealed record TenantSource(string Setting, IReadOnlyList<string> Path)
{
    /// <summary>Null where no setting has the id.</summary>
    internal static TenantSource? Find(IReadOnlyDictionary<string, string> settings, string id) =>
        settings.Where(item => item.Value == id).Select(item => new TenantSource(item.Key, []))
            .Concat(settings.Where(item => item.Value is ['{', ..]).Select(item => PathTo(item.Value, id) is { } path ? new TenantSource(item.Key, path) : null)
                .OfType<TenantSource>())
            .FirstOrDefault();

    /// <summary>NULL where no tenant is set.</summary>
    internal string Sql(string type)
    {
        var setting = $"NULLIF(current_setting({Identifier.Literal(Setting)}, true), '')";
        return Path switch
        {
            [] => $"{setting}::{type}",
            [var key] => $"({setting}::jsonb ->> {Identifier.Literal(key)})::{type}",
            _ => $"({setting}::jsonb #>> ARRAY[{string.Join(", ", Path.Select(Identifier.Literal))}])::{type}",
        };
    }

    private static List<string>? PathTo(string json, string id)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return PathTo(document.RootElement, id);
        }
        catch (JsonException)
        {
            return null; // a text that begins with a brace
        }
    }

    private static List<string>? PathTo(JsonElement element, string id) => element.ValueKind switch
    {
        JsonValueKind.String or JsonValueKind.Number when element.ToString() == id => [],
        JsonValueKind.Object => element.EnumerateObject().Select(property => PathTo(property.Value, id) is { } path
            ? (List<string>)[property.Name, .. path] : null)
            .FirstOrDefault(path => path is not null),
        _ => null,
    };
}
