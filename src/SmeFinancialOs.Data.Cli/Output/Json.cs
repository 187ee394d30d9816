using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SmeFinancialOs.Data.Cli.Output;

internal static class Json
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // no HTML: quotes of SQL stay readable
    };

    internal static string Write(object value) => JsonSerializer.Serialize(value, Format) + "\n";
}
