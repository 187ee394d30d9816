using System.Globalization;
using System.Text.Json;
using SmeFinancialOs.Data.Audit.Catalog;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>Which of the guesses a type accepts: the server is asked, once for each.</summary>
internal sealed class ValueCheck(ProbeSession session)
{
    private readonly Dictionary<(string Type, string Text), bool> _known = [];

    internal async Task<IReadOnlyList<string>> ValidAsync(string type, IEnumerable<string> texts)
    {
        var all = texts.ToList();
        if (type is "text" or "boolean" or "uuid" || type.StartsWith("character varying", StringComparison.Ordinal) || type.StartsWith("character(",
            StringComparison.Ordinal))
            return type is "uuid" ? [.. all.Where(text => Guid.TryParse(text, out var _))] : all;
        var open = all.Where(text => !_known.ContainsKey((type, text))).ToList();
        if (open.Count > 0)
        {
            var valid = await AskAsync(type, open).ConfigureAwait(false);
            for (var i = 0; i < open.Count; i++)
                _known[(type, open[i])] = valid.Contains(i);
        }
        return [.. all.Where(text => _known[(type, text)])];
    }

    private async Task<HashSet<int>> AskAsync(string type, List<string> texts)
    {
        // pg_input_is_valid came with 16, and asks no domain for its length.
        var block = $"""
            DECLARE item record; valid text := '';
            BEGIN
                FOR item IN SELECT t.text, t.number FROM jsonb_array_elements_text({Identifier.Literal(JsonSerializer.Serialize(texts))}::jsonb) WITH ORDINALITY
                AS t (text, number) LOOP
                    BEGIN
                        EXECUTE format('SELECT CAST(%L AS %s)', item.text, {Identifier.Literal(type)});
                        valid := valid || (item.number - 1) || ',';
                    EXCEPTION WHEN OTHERS THEN NULL;
                    END;
                END LOOP;
                PERFORM set_config('sme_probe.valid', valid, true);
            END
            """;
        var answer = await session.ScalarAsync($"DO {Identifier.Literal(block)}", "SELECT current_setting('sme_probe.valid')").ConfigureAwait(false);
        return [.. answer!.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
    }
}
