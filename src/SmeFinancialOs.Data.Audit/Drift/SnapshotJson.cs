using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SmeFinancialOs.Data.Audit.Drift;

/// <summary>Writes and reads the file. Reading is strict: what is unknown, missing or of another type is an error that says where it stands.</summary>
internal static class SnapshotJson
{
    private static readonly string[] Members = ["formatVersion", "incomplete", "objects", "options", "serverMajorVersion"];

    internal static string Write(SnapshotDocument document)
    {
        using var buffer = new MemoryStream();
        // No HTML: quotes of SQL stay readable.
        using (var writer = new Utf8JsonWriter(buffer, new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("formatVersion", SnapshotDocument.FormatVersion);
            writer.WriteNumber("serverMajorVersion", document.ServerMajorVersion);
            Write(writer, "options", document.Options);
            writer.WriteStartArray("incomplete");
            foreach (var item in document.Incomplete)
                writer.WriteStringValue(item);
            writer.WriteEndArray();
            writer.WriteStartObject("objects");
            foreach (var (section, facts) in document.Facts)
            {
                writer.WriteStartObject(section);
                foreach (var (name, fact) in facts)
                    Write(writer, name, fact);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    internal static SnapshotDocument Parse(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            return Read(parsed.RootElement);
        }
        catch (JsonException fault)
        {
            throw new SchemaSnapshotException($"The snapshot is no valid JSON: {fault.Message}", fault);
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, Fact fact)
    {
        writer.WriteStartObject(name);
        foreach (var (property, value) in fact)
            writer.WriteString(property, value);
        writer.WriteEndObject();
    }

    private static SnapshotDocument Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("formatVersion", out var version))
            throw Fault("formatVersion", "there is none: this is no file of sme-data snapshot");
        if (Number(version, "formatVersion") is var format && format != SnapshotDocument.FormatVersion)
            throw Fault("formatVersion", $"it is {format}, and this version of sme-data reads {SnapshotDocument.FormatVersion}: take the snapshot again");
        Require(root.EnumerateObject().Select(member => member.Name), Members, "the snapshot", isOpen: false);
        var options = ReadFact(root.GetProperty("options"), "options", (_, _) => null);
        Require(options.Keys, [.. SnapshotDocument.OptionsOf(new SchemaAuditOptions()).Keys], "options", isOpen: false);
        return new(Number(root.GetProperty("serverMajorVersion"), "serverMajorVersion"), options,
            ReadList(root.GetProperty("incomplete"), "incomplete"), ReadFacts(root.GetProperty("objects")));
    }

    private static Facts ReadFacts(JsonElement objects)
    {
        var facts = new Facts();
        foreach (var section in Objects(objects, "objects"))
        {
            var path = $"objects.{section.Name}";
            var known = SnapshotSection.All.FirstOrDefault(item => item.Name == section.Name) ?? throw Fault(path, "there is no such section");
            foreach (var item in Objects(section.Value, path))
            {
                var fact = ReadFact(item.Value, $"{path}[{item.Name}]", known.FaultOf);
                Require(fact.Keys, known.Properties, $"{path}[{item.Name}]", isOpen: true);
                foreach (var (property, value) in fact)
                    facts.AddTo(section.Name, item.Name, property, value);
            }
        }
        return facts;
    }

    private static void AddTo(this Facts facts, string section, string name, string property, string value)
    {
        var fact = facts.Of(section).TryGetValue(name, out var known) ? known : facts.Add(section, name);
        fact[property] = value;
    }

    private static Fact ReadFact(JsonElement element, string path, Func<string, string, string?> faultOf)
    {
        var fact = new Fact();
        foreach (var member in Objects(element, path))
        {
            if (member.Value.ValueKind != JsonValueKind.String)
                throw Fault($"{path}.{member.Name}", "a text is needed here");
            fact[member.Name] = member.Value.GetString()!;
            if (faultOf(member.Name, fact[member.Name]) is { } fault)
                throw Fault($"{path}.{member.Name}", fault);
        }
        return fact;
    }

    private static List<string> ReadList(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Array && element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. element.EnumerateArray().Select(item => item.GetString()!)] : throw Fault(path, "a list of texts is needed here");

    private static JsonElement.ObjectEnumerator Objects(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw Fault(path, "an object is needed here");

    private static int Number(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) ? number : throw Fault(path, "a whole number is needed here");

    private static void Require(IEnumerable<string> found, string[] needed, string path, bool isOpen)
    {
        var names = found.ToList();
        if (needed.Except(names).FirstOrDefault() is { } missing)
            throw Fault(path, $"{missing} is missing");
        if (!isOpen && names.Except(needed).FirstOrDefault() is { } unknown)
            throw Fault(path, $"{unknown} is unknown");
    }

    private static SchemaSnapshotException Fault(string path, string fault) => new($"The snapshot cannot be read at {path}: {fault}.");
}
