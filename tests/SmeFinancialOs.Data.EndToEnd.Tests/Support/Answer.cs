using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>What a client gets to see of a response.</summary>
internal sealed partial record Answer(HttpStatusCode Status, string? MediaType, Uri? Location, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>Without what differs from request to request by design.</summary>
    public string TextWithoutTrace => TraceId().Replace(Text, "");

    /// <summary>A fault that says what it is, and nothing of the inside.</summary>
    public void ShouldBeProblem(HttpStatusCode status)
    {
        Status.Should().Be(status, Text);
        MediaType.Should().Be("application/problem+json", Text);
        Json.GetProperty("status").GetInt32().Should().Be((int)status);
        Text.Should().NotContainAny("Npgsql", "SmeFinancialOs", "SELECT", "   at ");
    }

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}
