using System.Collections;
using System.Text;

namespace SmeFinancialOs.Data.Bulk;

/// <summary>
/// An array that is the value of a column, as text: unnest of an array of arrays would take it to pieces.
/// </summary>
/// <seealso href="https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO">Array input and output syntax</seealso>
internal static class ArrayText
{
    /// <summary>For arrays and lists of a type; null where it is none, or its elements have no text.</summary>
    public static Func<object, string>? Of(Type type, TableColumn column)
    {
        var element = type.IsArray ? type.GetElementType() : type.GetInterfaces().Append(type)
            .FirstOrDefault(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
        if (element is null || ElementText.Of(Nullable.GetUnderlyingType(element) ?? element, column) is not { } text)
            return null;
        return value =>
        {
            var literal = new StringBuilder();
            if (value is Array { Rank: > 1 } array)
                AddDimension(literal, array, new int[array.Rank], 0, text);
            else
                AddList(literal, (IEnumerable)value, text);
            return literal.ToString();
        };
    }

    private static void AddList(StringBuilder literal, IEnumerable values, Func<object, string> text)
    {
        literal.Append('{');
        var isFirst = true;
        foreach (var value in values)
        {
            if (!isFirst)
                literal.Append(',');
            isFirst = false;
            Add(literal, value, text);
        }

        literal.Append('}');
    }

    private static void AddDimension(StringBuilder literal, Array array, int[] index, int dimension, Func<object, string> text)
    {
        if (array.Length == 0)
        {
            literal.Append("{}");
            return;
        }

        literal.Append('{');
        for (var i = 0; i < array.GetLength(dimension); i++)
        {
            if (i > 0)
                literal.Append(',');
            index[dimension] = array.GetLowerBound(dimension) + i;
            if (dimension == array.Rank - 1)
                Add(literal, array.GetValue(index), text);
            else
                AddDimension(literal, array, index, dimension + 1, text);
        }

        literal.Append('}');
    }

    private static void Add(StringBuilder literal, object? value, Func<object, string> text)
    {
        if (value is null)
        {
            literal.Append("NULL");
            return;
        }

        literal.Append('"');
        foreach (var letter in text(value))
        {
            if (letter is '"' or '\\')
                literal.Append('\\');
            literal.Append(letter);
        }

        literal.Append('"');
    }
}
