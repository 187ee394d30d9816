using System.Collections.Frozen;

namespace SmeFinancialOs.Data;

/// <summary>
/// What an unquoted role name cannot be: SELECT word FROM pg_get_keywords() WHERE catcode = 'R' on 15 and 18 together, and the two names that GRANT and SET
/// ROLE take for something else.
/// </summary>
internal static class ReservedWords
{
    private static readonly FrozenSet<string> Words = """
        all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog current_date
        current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign from
        grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing
        primary references returning select session_user some symmetric system_user table then to trailing true union unique user using variadic
        when where window with
        none public
        """.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    internal static bool Contains(string word) => Words.Contains(word);
}
