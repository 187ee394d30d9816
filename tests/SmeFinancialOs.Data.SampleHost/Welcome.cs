namespace SmeFinancialOs.Data.SampleHost;

/// <summary>What to try first, ready to be pasted into a shell.</summary>
internal static class Welcome
{
    private const string Invoice = """{"number":"1","amountCents":1,"customerName":"Me","issuedAt":"2026-11-23"}""";

    public static string For(string address, ThrowawayDatabase database, TokenIssuer tokens)
    {
        var (alice, bob, olga) = (database.Users[0], database.Users[1], database.Users[2]);
        return $"""

            {database.Description}; Ctrl-C leaves nothing of it.
            The demo, for everybody: {address}/demo.html

            The tokens of {alice.Name} (Acme Ltd), {bob.Name} (Globex) and {olga.Name} (operator), for five minutes:
            ALICE={tokens.Issue(alice).AccessToken}
            BOB={tokens.Issue(bob).AccessToken}
            OLGA={tokens.Issue(olga).AccessToken}

            curl '{address}/invoices?pageSize=2' -H "Authorization: Bearer $ALICE"
            curl {address}/dashboard/totals -H "Authorization: Bearer $BOB"
            curl '{address}/invoices?pageSize=2' -H "Authorization: Bearer $ALICE" -H "X-Organization: {bob.OrganizationId}"    # a header is no proof: still
                Acme's
            curl {address}/demo/invoices --json '{Invoice}'    # refused
            curl {address}/admin/totals -H "Authorization: Bearer $OLGA" -H "X-Admin-Reason: ticket 4711"
            curl {address}/invoices    # refused: no tenant
            curl {address}/sign-in --json '{SignIn(alice)}'    # a new token

            """;
    }

    private static string SignIn(User user) => $$"""{"name":"{{user.Name}}","password":"{{user.Password}}"}""";
}
