using System.Globalization;
using SmeFinancialOs.Data.Audit.Catalog;
using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>
/// What some expressions depend on, through the functions that they call: settings, literals, tables, and calls of functions that are not the host's own.
/// </summary>
internal sealed class ExpressionClosure
{
    private readonly DatabaseModel _model;
    private readonly HashSet<uint> _seen = [];
    private readonly List<SqlText> _texts = [];

    internal ExpressionClosure(DatabaseModel model, IEnumerable<string> expressions)
    {
        _model = model;
        foreach (var expression in expressions)
            Add(model.Parsed(expression), null);
        Literals = FindLiterals();
    }

    /// <summary>With a dot in their names, and application_name: what any SQL may set.</summary>
    public SortedSet<string> Settings { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Literals { get; }

    /// <summary>Functions of PostgreSQL and of extensions, with their schemas where they are named.</summary>
    public HashSet<(string? Schema, string Name)> External { get; } = [];

    /// <summary>A table that the body of a function reads; null when none does.</summary>
    public string? BodyReads { get; private set; }

    /// <summary>The function whose body does.</summary>
    public Function? Reader { get; private set; }

    /// <summary>Why the expressions must not or cannot be evaluated; null when they can.</summary>
    public string? Obstacle { get; private set; }

    /// <summary>The name of a setting that is read is an expression.</summary>
    public bool HasComputedSetting { get; private set; }

    public IEnumerable<SqlText> Texts => _texts;

    public bool Mentions(string word) => _texts.Any(text => text.Has(word));

    /// <summary>Of the host, by the name in a call. A name without a schema may be any function of that name.</summary>
    internal static IEnumerable<Function> FunctionsOf(DatabaseModel model, SqlCall call)
    {
        var schema = call.Qualified ? Identifier.Unquote(call.Of[call.Index - 2]) : null;
        return model.FunctionsNamed(call.Name).Where(function =>
            schema is null || function.SqlName == $"{Identifier.Quote(schema)}.{Identifier.Quote(call.Name)}");
    }

    private void Add(SqlText text, Function? function)
    {
        _texts.Add(text);
        if (BodyReads is null && function is not null && TableReferences.FirstIn(text) is { } table)
            (BodyReads, Reader) = (table, function);
        foreach (var call in text.Calls())
        {
            if (call.IsCurrentSetting && _model.FunctionsNamed(call.Name).Any() && !call.Qualified)
                Obstacle ??= "the database has a function current_setting of its own";
            else if (call.IsCurrentSetting)
                AddSetting(call.Arguments);
            else
                Follow(call);
        }
    }

    private void AddSetting(SqlText arguments)
    {
        if (arguments[0] is not ['\'', .., '\''] || arguments[1] is not ("" or "," or "::"))
        {
            HasComputedSetting = true;
            Obstacle ??= $"it reads a setting whose name is computed: {arguments.Text}";
            return;
        }

        var name = LiteralText(arguments[0]).ToLowerInvariant();
        if (name.Contains('.', StringComparison.Ordinal) || name == "application_name")
            Settings.Add(name);
    }

    private void Follow(SqlCall call)
    {
        if (call.Name.Equals("OPERATOR", StringComparison.OrdinalIgnoreCase))
        {
            if (call.Arguments[0] != "pg_catalog")
                Obstacle ??= $"it uses an operator that is not PostgreSQL's: {call.Whole.Text}";
            return;
        }

        var functions = FunctionsOf(_model, call).ToList();
        if (functions.Count == 0)
            External.Add((call.Qualified ? Identifier.Unquote(call.Of[call.Index - 2]) : null, call.Name.ToLowerInvariant()));
        foreach (var function in functions.Where(function => _seen.Add(function.Oid)))
            AddBody(function);
    }

    private void AddBody(Function function)
    {
        if (function.Language is not ("sql" or "plpgsql"))
        {
            Obstacle ??= $"it calls {function.Signature}, which is written in {function.Language}";
            return;
        }

        if (SqlBody.WithoutComments(function.Body) is not { } body)
        {
            Obstacle ??= $"it calls {function.Signature}, whose body has strings that are not understood (E'..' or $$..$$)";
            return;
        }

        var text = SqlText.Of(body);
        if (function.Language == "plpgsql" && text.Has("EXECUTE"))
            Obstacle ??= $"it calls {function.Signature}, which builds SQL while it runs";
        if (function.SearchPath?.Skip(1).Contains("pg_catalog") == true)
            Obstacle ??= $"it calls {function.Signature}, which looks for PostgreSQL's own functions and types last";
        if (function.Settings.Any(setting => !setting.StartsWith("search_path=", StringComparison.Ordinal)))
            Obstacle ??= $"it calls {function.Signature}, which sets other settings while it runs";
        Add(text, function);
    }

    private List<string> FindLiterals()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var text in _texts)
        {
            for (var i = 0; i < text.Count; i++)
            {
                if (text[i] is ['\'', .., '\''] && LiteralText(text[i]) is { Length: > 0 and < 80 } literal && !Settings.Contains(literal.ToLowerInvariant()))
                    found.Add(literal);
                else if (char.IsAsciiDigit(text[i][0]))
                    found.Add(text[i]);
            }
        }

        foreach (var literal in found.ToList())
        {
            if (literal.Length < 16 && long.TryParse(literal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                found.UnionWith([(number - 1).ToString(CultureInfo.InvariantCulture), (number + 1).ToString(CultureInfo.InvariantCulture)]);
        }
        return [.. found];
    }

    internal static string LiteralText(string token) => token[1..^1].Replace("''", "'", StringComparison.Ordinal);
}
