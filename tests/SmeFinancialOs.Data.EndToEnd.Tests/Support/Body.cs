using System.Text.Json;

namespace SmeFinancialOs.Data.EndToEnd.Tests.Support;

/// <summary>Bodies of requests.</summary>
internal static class Body
{
    public static string Invoice(string number, string customerName = "somebody", object? amountCents = null, string issuedAt = "2026-11-23",
        object? organization = null) =>
        JsonSerializer.Serialize<object>(organization is null
            ? new { number, amountCents = amountCents ?? 100, customerName, issuedAt }
            : new
            {
                number,
                amountCents = amountCents ?? 100,
                customerName,
                issuedAt,
                org_id = organization,
                orgId = organization,
                organizationId = organization
            });
}
