namespace SmeFinancialOs.Data.Audit.Tests.Probing;

/// <summary>What the probe cannot do it says; what a host knows better it may say; and nothing stays behind.</summary>
public sealed class ProbeOptionsTests(HoleDatabase database) : IClassFixture<HoleDatabase>
{
    private const string Refusing = """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.text <> 'please' THEN RAISE 'say please'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER polite BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION refuse()
        """;

    [PartFact]
    public async Task A_table_that_cannot_be_filled_is_reported_with_the_reason_of_the_server()
    {
        var report = await database.ProbeAsync(Refusing);
        report.Skipped.Should().ContainSingle(skipped => skipped.ObjectName == "public.notes" && skipped.Reason.Contains("say please") && !skipped.IsAllowed);
    }

    [PartFact]
    public async Task A_host_gives_the_values_that_the_probe_cannot_find()
    {
        var options = new IsolationProbeOptions
        {
            AppLogins = database.Options.AppLogins,
            TenantRoles = database.Options.TenantRoles,
            DemoRoles = database.Options.DemoRoles,
            Values = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["public.notes"] = new Dictionary<string, string> { ["text"] = "lower('PLEASE')" },
            },
        };
        var report = await database.ProbeAsync(Refusing, options);
        report.Skipped.Should().BeEmpty();
        report.Probed.Should().Contain(probed => probed.ObjectName == "public.notes" && probed.AttackCount > 100);
    }

    [PartFact]
    public async Task An_allowance_silences_an_attack_and_keeps_its_reason()
    {
        var options = new IsolationProbeOptions
        {
            AppLogins = database.Options.AppLogins,
            TenantRoles = database.Options.TenantRoles,
            DemoRoles = database.Options.DemoRoles,
            Allowlist = [new("public.items", IsolationProbe.KeyOracleRule, "Codes are public.")],
        };
        var report = await database.ProbeAsync("ALTER TABLE items ADD UNIQUE (code)", options);
        report.KeyOracles.Should().BeEmpty();
        report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.items" && skipped.Reason == "Codes are public." && skipped.IsAllowed);
    }

    [PartFact]
    public async Task A_function_whose_answer_changes_by_itself_proves_nothing()
    {
        var report = await database.ProbeAsync("CREATE FUNCTION dice() RETURNS float LANGUAGE sql SECURITY DEFINER AS 'SELECT random()'");
        report.Breaches.Should().BeEmpty();
        report.Skipped.Should().Contain(skipped => skipped.ObjectName == "public.dice()");
    }

    [PartFact]
    public async Task Nothing_stays_behind_also_after_cancellation()
    {
        await using var connection = await Sql.OpenAsync(database.ConnectionString, Sql.Cancel);
        using var source = new CancellationTokenSource();
        var seen = new List<string>();
        var probe = new IsolationProbe(database.ConnectionString, database.Options);
        await FluentActions.Awaiting(() => probe.RunAsync(new Canceller(seen, source), source.Token)).Should().ThrowAsync<OperationCanceledException>();
        (await connection.CountAsync("organizations")).Should().Be(0);
        (await connection.CountAsync("items")).Should().Be(0);

        await probe.RunAsync(null, Sql.Cancel);
        (await connection.CountAsync("organizations")).Should().Be(0);
        (await connection.CountAsync("items")).Should().Be(0);
    }

    [PartFact]
    public async Task A_login_that_is_neither_superuser_nor_the_apps_is_told_what_to_do()
    {
        var probe = new IsolationProbe(database.ConnectionString, new IsolationProbeOptions { AppLogins = ["nobody_knows_me"] });
        (await FluentActions.Awaiting(() => probe.RunAsync(null, Sql.Cancel)).Should().ThrowAsync<IsolationProbeException>())
            .WithMessage("*nobody_knows_me*does not exist*");

        var admin = new IsolationProbe(database.ConnectionString.As(database.Options.AdminLogins[0]), database.Options);
        (await FluentActions.Awaiting(() => admin.RunAsync(null, Sql.Cancel)).Should().ThrowAsync<IsolationProbeException>())
            .WithMessage("*neither a superuser nor one of AppLogins*");
    }

    [PartFact]
    public void Bad_options_are_refused_before_anything_is_connected()
    {
        FluentActions.Invoking(() => new IsolationProbe(database.ConnectionString, new() { TenantColumn = " " })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new IsolationProbe(database.ConnectionString, new() { Allowlist = null! })).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new IsolationProbe("Host")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new IsolationAllowance("public.items", "*", "")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new IsolationAllowance("public.items", "oracle", "a reason")).Should().Throw<ArgumentException>()
            .WithMessage("*isolation-key-oracle*");
    }

    /// <summary>Cancels while the attacks go on.</summary>
    private sealed class Canceller(List<string> seen, CancellationTokenSource source) : IProgress<string>
    {
        public void Report(string value)
        {
            seen.Add(value);
            if (seen.Count == 4)
                source.Cancel();
        }
    }
}
