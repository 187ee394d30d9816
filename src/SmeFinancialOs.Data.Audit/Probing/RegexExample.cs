using System.Globalization;
using System.Text;

namespace SmeFinancialOs.Data.Audit.Probing;

/// <summary>
/// A text that a simple regular expression accepts: literals, classes, groups, quantifiers; the first of alternatives. The server judges the result.
/// </summary>
internal sealed class RegexExample
{
    private readonly string _pattern;
    private readonly int _shift;
    private int _at;

    private RegexExample(string pattern, int shift)
    {
        _pattern = pattern;
        _shift = shift;
    }

    /// <summary>Another shift is another text, where the expression leaves a choice.</summary>
    internal static string Create(string pattern, int shift) => new RegexExample(pattern, shift).Alternatives();

    private string Alternatives()
    {
        var first = Sequence();
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            Sequence();
        }
        return first;
    }

    private string Sequence()
    {
        var text = new StringBuilder();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var atom = Atom();
            var times = Times();
            for (var i = 0; i < times; i++)
                text.Append(atom);
        }
        return text.ToString();
    }

    private string Atom()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '^' or '$':
                return "";
            case '.':
                return "x";
            case '(':
                if (_at + 1 < _pattern.Length && _pattern[_at] == '?' && _pattern[_at + 1] == ':')
                    _at += 2;
                var group = Alternatives();
                _at++;
                return group;
            case '[':
                return Class();
            case '\\' when _at < _pattern.Length:
                return _pattern[_at++] switch
                {
                    'd' => Pick("0123456789"),
                    'w' => Pick("abcdefghij"),
                    's' => " ",
                    'm' or 'M' or 'y' or 'A' or 'Z' => "",
                    var other => other.ToString(),
                };
            default:
                return c.ToString();
        }
    }

    private string Class()
    {
        var negated = _at < _pattern.Length && _pattern[_at] == '^';
        var end = _pattern.IndexOf(']', Math.Min(_at + 1, _pattern.Length));
        if (_at + 1 < _pattern.Length && _pattern[_at] == '[' || negated && _at + 1 < _pattern.Length && _pattern[_at + 1] == '[')
            end = _pattern.IndexOf("]]", _at, StringComparison.Ordinal) is var close and >= 0 ? close + 1 : end;
        if (end < 0)
            end = _pattern.Length - 1;
        var body = _pattern[_at..end];
        _at = end + 1;
        if (negated)
            return "k";
        if (body.Contains("digit", StringComparison.Ordinal) || body.Contains("\\d", StringComparison.Ordinal))
            return Pick("0123456789");
        if (body.Contains("[:", StringComparison.Ordinal))
            return Pick(body.Contains("upper", StringComparison.Ordinal) ? "ABCDEFGHIJ" : "abcdefghij");
        return body.Length > 2 && body[1] == '-' ? ((char)(body[0] + _shift % (body[2] - body[0] + 1))).ToString() : Pick(body.Length > 0 ? body : "x");
    }

    private int Times()
    {
        if (_at >= _pattern.Length)
            return 1;
        switch (_pattern[_at])
        {
            case '?' or '*':
                _at++;
                return 0;
            case '+':
                _at++;
                return 1;
            case '{':
                var end = _pattern.IndexOf('}', _at);
                var least = _pattern[(_at + 1)..(end < 0 ? _pattern.Length : end)].Split(',')[0];
                _at = end < 0 ? _pattern.Length : end + 1;
                return int.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? Math.Max(n, 1) : 1;
            default:
                return 1;
        }
    }

    private string Pick(string from) => from[_shift % from.Length].ToString();
}
