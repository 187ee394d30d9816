using Npgsql;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Contexts;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>What the host's context sets: the server evaluates it, in a transaction that is read-only and rolled back.</summary>
internal sealed class ContextReader(NpgsqlConnection connection, DatabaseModel model, JudgingFacts facts, IEnumerable<string> settings)
{
    private readonly string[] _settings = [.. settings.Union(model.Context.Settings).Order(StringComparer.Ordinal)];
    private readonly Dictionary<(int Level, ValueFamily Family), (TenantContexts? Contexts, string? Fault)> _known = [];

    /// <summary>The model learns where the context keeps the ids. Throws where the context can be set with no id at all.</summary>
    public async Task RequireAsync(CancellationToken cancellationToken)
    {
        var sources = new Dictionary<int, TenantSource>();
        TenantSource? ofUser = null;
        for (var level = 0; model.Context.IsGiven && level < model.Context.LevelCount; level++)
        {
            var (family, faults) = (model.FamilyOf(level), new List<string>());
            ValueFamily[] families = family is ValueFamily.Uuid or ValueFamily.Integer ? [family] : SampleIds.Families;
            foreach (var each in families)
            {
                var (contexts, fault) = await ReadAsync(level, each, cancellationToken).ConfigureAwait(false);
                if (contexts is null)
                    faults.Add(fault!);
                else if (Users()[0] is { } user)
                    ofUser ??= TenantSource.Find(contexts.Own[0], user);
                if (contexts is null)
                    continue;
                if (TenantSource.Find(contexts.Own[0], SampleIds.OwnTenant(each, level)) is { } source)
                    sources.TryAdd(level, source);
            }
            if (faults.Count == families.Length)
                throw new TenantSchemaException($"Context: {faults[^1]}.");
        }
        model.Add(sources, ofUser);
    }

    /// <summary>The contexts of a tenant whose id at the level is of the family; or why there are none.</summary>
    public async Task<(TenantContexts? Contexts, string? Fault)> ReadAsync(int level, ValueFamily family, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((level, family), out var known))
            return known;
        try
        {
            return _known[(level, family)] = (await EvaluateAsync(level, family, cancellationToken).ConfigureAwait(false), null);
        }
        catch (PostgresException fault)
        {
            return _known[(level, family)] = (null, $"the host's context cannot be set with the id '{SampleIds.OwnTenant(family, level)}': "
                + $"{ServerText.Of(fault)} ({fault.SqlState})");
        }
    }

    private async Task<TenantContexts> EvaluateAsync(int level, ValueFamily family, CancellationToken cancellationToken)
    {
        var own = new List<IReadOnlyDictionary<string, string>>();
        foreach (var user in Users())
            own.Add(await SettingsAsync(at => Own(at), user, cancellationToken).ConfigureAwait(false));
        var other = await SettingsAsync(at => at == level ? SampleIds.OtherTenants(family)[0] : Own(at), Users()[0], cancellationToken).ConfigureAwait(false);
        var tenantSettings = own[0].Where(item => other.GetValueOrDefault(item.Key) != item.Value).Select(item => item.Key).ToList();
        var without = new List<(ValueKind, bool, IReadOnlyDictionary<string, string>)>();
        foreach (var (kind, id) in ((ValueKind, string?)[])[(ValueKind.Empty, ""), (ValueKind.Empty, null), (ValueKind.Malformed, "garbage")])
        {
            foreach (var user in Users().Append(null).Distinct())
            {
                try
                {
                    var values = await SettingsAsync(at => at == level ? id : Own(at), user, cancellationToken).ConfigureAwait(false);
                    without.Add((kind, user is not null, values.Where(item => tenantSettings.Contains(item.Key)).ToDictionary()));
                }
                catch (PostgresException)
                {
                    // The host cannot set such a context either.
                }
            }
        }
        return new(tenantSettings, own, without);

        string Own(int at) => SampleIds.OwnTenant(at == level ? family : model.FamilyOf(at), at);
    }

    /// <summary>One id for each type that it may have, where the context names the user and no table says its type.</summary>
    private List<string?> Users()
    {
        if (!model.Context.NamesUser)
            return [null];
        var family = model.Members is { } members ? facts.Tables[members.Table.Oid][members.User.Name].Family : ValueFamily.Other;
        return family == ValueFamily.Other ? [.. SampleIds.Families.Select(SampleIds.OwnEntity)] : [SampleIds.OwnEntity(family)];
    }

    private async Task<IReadOnlyDictionary<string, string>> SettingsAsync(Func<int, string?> tenant, string? user, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection);
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new("BEGIN READ ONLY"));
        batch.BatchCommands.Add(new("SET LOCAL search_path TO DEFAULT")); // the catalog was read with another one
        batch.BatchCommands.Add(new($"SELECT {model.Context.Sql(tenant, user)}"));
        batch.BatchCommands.Add(new("SELECT n, current_setting(n, true) FROM unnest($1) AS n") { Parameters = { new() { Value = _settings } } });
        batch.BatchCommands.Add(new("ROLLBACK"));
        try
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // what the context returns
            }

            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (!await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) && reader.GetString(1) is { Length: > 0 } value)
                    values.Add(reader.GetString(0), value);
            }
            return values;
        }
        catch (PostgresException)
        {
            var rollback = new NpgsqlCommand("ROLLBACK", connection);
            await using var __ = rollback.ConfigureAwait(false);
            await rollback.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }
}
