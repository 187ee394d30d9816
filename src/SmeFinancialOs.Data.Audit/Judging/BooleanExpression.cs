using SmeFinancialOs.Data.Audit.Expressions;

namespace SmeFinancialOs.Data.Audit.Judging;

/// <summary>AND, OR and NOT of an expression as PostgreSQL prints it, with every parenthesis. Everything below them is an atom, also CASE.</summary>
internal abstract record BooleanExpression
{
    public abstract IEnumerable<SqlText> Atoms { get; }

    public static BooleanExpression Parse(SqlText text)
    {
        text = text.Bare();
        if (text.Split("OR") is { Count: > 1 } either)
            return new Or([.. either.Select(Parse)]);
        if (text.Split("AND") is { Count: > 1 } all)
            return new And([.. all.Select(Parse)]);
        return text[0].Equals("NOT", StringComparison.OrdinalIgnoreCase) ? new Not(Parse(text.Slice(1, text.Count - 1))) : new Atom(text);
    }

    /// <summary>
    /// Whether the expression can have the value, when each atom may have any value but those that are ruled out: neverTrue atoms are false or NULL,
    /// neverFalse atoms are true or NULL. NULL is neither.
    /// </summary>
    public abstract bool CanBe(bool value, IReadOnlySet<string> neverTrue, IReadOnlySet<string> neverFalse);

    /// <summary>With every parenthesis, and each atom as it is told.</summary>
    public abstract string Print(Func<SqlText, string> atom);

    private sealed record Atom(SqlText Text) : BooleanExpression
    {
        public override IEnumerable<SqlText> Atoms => [Text];

        public override string Print(Func<SqlText, string> atom) => atom(Text);

        public override bool CanBe(bool value, IReadOnlySet<string> neverTrue, IReadOnlySet<string> neverFalse) =>
            Constant(Text) is { } constant ? constant == value : value ? !neverTrue.Contains(Text.Text) : !neverFalse.Contains(Text.Text);

        /// <summary>Of true, false, and a comparison of two integers or of two strings.</summary>
        private static bool? Constant(SqlText text) => text.Is("true") ? true : text.Is("false") ? false
            : text.Split("=") is [var left, var right] && AreLiterals(left, right) ? left.Bare().Text == right.Bare().Text
            : text.Split("<>") is [var one, var other] && AreLiterals(one, other) ? one.Bare().Text != other.Bare().Text : null;

        private static bool AreLiterals(SqlText left, SqlText right) =>
            (IsInteger(left.Bare()) && IsInteger(right.Bare())) || (IsString(left.Bare()) && IsString(right.Bare()));

        private static bool IsInteger(SqlText side) => side.Count == 1 && side[0].All(char.IsAsciiDigit) && (side[0] == "0" || side[0][0] != '0');

        /// <summary>As PostgreSQL prints it: of another type two that differ may be equal.</summary>
        private static bool IsString(SqlText side) => side.Count == 3 && side[0][0] == '\'' && side[1] == "::" && side[2] == "text";
    }

    private sealed record Not(BooleanExpression Part) : BooleanExpression
    {
        public override IEnumerable<SqlText> Atoms => Part.Atoms;

        public override string Print(Func<SqlText, string> atom) => $"(NOT {Part.Print(atom)})";

        public override bool CanBe(bool value, IReadOnlySet<string> neverTrue, IReadOnlySet<string> neverFalse) =>
            Part.CanBe(!value, neverTrue, neverFalse);
    }

    private sealed record And(IReadOnlyList<BooleanExpression> Parts) : BooleanExpression
    {
        public override IEnumerable<SqlText> Atoms => Parts.SelectMany(part => part.Atoms);

        public override string Print(Func<SqlText, string> atom) => $"({string.Join(" AND ", Parts.Select(part => part.Print(atom)))})";

        public override bool CanBe(bool value, IReadOnlySet<string> neverTrue, IReadOnlySet<string> neverFalse) => value
            ? Parts.All(part => part.CanBe(true, neverTrue, neverFalse))
            : Parts.Any(part => part.CanBe(false, neverTrue, neverFalse));
    }

    private sealed record Or(IReadOnlyList<BooleanExpression> Parts) : BooleanExpression
    {
        public override IEnumerable<SqlText> Atoms => Parts.SelectMany(part => part.Atoms);

        public override string Print(Func<SqlText, string> atom) => $"({string.Join(" OR ", Parts.Select(part => part.Print(atom)))})";

        public override bool CanBe(bool value, IReadOnlySet<string> neverTrue, IReadOnlySet<string> neverFalse) => value
            ? Parts.Any(part => part.CanBe(true, neverTrue, neverFalse))
            : Parts.All(part => part.CanBe(false, neverTrue, neverFalse));
    }
}
