using System.Text;
using SmeFinancialOs.Data.Torture.Tests.Load;

namespace SmeFinancialOs.Data.Torture.Tests;

/// <summary>The same run with one defence taken away finds it out each time: so it would have found a hole.</summary>
public sealed class RemovedDefenceTests
{
    /// <summary>
    /// The mistake of an administrator, after the factory has checked the login: only the switch of the role stands before every row there is.
    /// </summary>
    private const string BypassRls =
        "ALTER ROLE app_user BYPASSRLS; GRANT USAGE ON SCHEMA app TO app_user; GRANT SELECT, INSERT, UPDATE, DELETE ON entries, accounts TO app_user; "
            + "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO app_user";

    [Fact]
    public Task Without_NULLIF_a_connection_without_a_context_fails_instead_of_finding_nothing() => FindsAsync(
        "REFUSED attack: no context",
        "CREATE OR REPLACE FUNCTION app.current_org_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE RETURN "
        + "current_setting('app.current_org_id', true)::uuid");

    [Fact]
    public Task Without_transaction_local_settings_the_next_one_on_the_connection_reads_the_rows_of_the_one_before() => FindsAsync(
        "LEAK without a context", rewriteRequest: Replace("set_config('app.current_org_id', $1, true)", "set_config('app.current_org_id', $1,false)"));

    [Fact]
    public Task Without_FORCE_the_owner_reads_every_row() => FindsAsync("LEAK the owner sees", "ALTER TABLE entries NO FORCE ROW LEVEL SECURITY");

    [Fact]
    public Task Without_the_switch_of_the_role_a_login_with_BYPASSRLS_reads_every_row() => FindsAsync(
        "LEAK organization", BypassRls, Replace("set_config('role', 'tenant_role', true)", "set_config('a.le', 'tenant_role', true)"));

    [Fact]
    public async Task With_the_switch_of_the_role_a_login_with_BYPASSRLS_reads_its_tenants_rows_only()
    {
        var findings = await RunAsync(BypassRls, rewriteRequest: null, TimeSpan.FromSeconds(10));

        findings.Should().BeEmpty();
    }

    [Fact]
    public Task Without_the_restrictive_policy_a_tenant_writes_to_the_demo() =>
        FindsAsync("LEAK write to the demo was not refused", "DROP POLICY demo_no_writes_insert ON entries");

    [Fact]
    public Task Without_the_rollback_on_dispose_what_was_not_committed_is_there() =>
        FindsAsync("was rolled back", rewriteRequest: Replace("ROLLBACK\0", "COMMIT  \0"));

    private static async Task FindsAsync(string finding, string sql = "SELECT 1", Action<Memory<byte>>? rewriteRequest = null)
    {
        var findings = await RunAsync(sql, rewriteRequest, TimeSpan.FromSeconds(30));

        findings.Should().Contain(found => found.Contains(finding, StringComparison.Ordinal), string.Join("\n", findings));
    }

    private static async Task<IReadOnlyCollection<string>> RunAsync(string sql, Action<Memory<byte>>? rewriteRequest, TimeSpan duration)
    {
        await using var run =
            await TortureRun.PrepareAsync(new TortureSettings { Prepares = true, RewriteRequest = rewriteRequest, StopsAtFinding = true, Duration = duration });
        await run.LoginsAreCheckedAsync();
        await run.AsSuperuserAsync(sql);
        await run.RunAsync();
        TestContext.Current.SendDiagnosticMessage(run.Report.Text(sql, run.Ledger));
        return run.Report.Findings;
    }

    /// <summary>In place, so both are of one length.</summary>
    private static Action<Memory<byte>> Replace(string defence, string without)
    {
        var (from, to) = (Encoding.UTF8.GetBytes(defence), Encoding.UTF8.GetBytes(without));
        return request =>
        {
            for (var rest = request.Span; rest.IndexOf(from) is >= 0 and var at; rest = rest[(at + to.Length)..])
                to.CopyTo(rest[at..]);
        };
    }
}
