using System.Collections.ObjectModel;

namespace ConvoxSsl;

/// <summary>
/// A list of an output object. Its text joins the items with commas: <c>Export-Csv</c> and <c>ConvertTo-Csv</c> write the text of a
/// property, which for other lists is the name of a type.
/// </summary>
/// <typeparam name="T">The type of the items.</typeparam>
internal sealed class JoinedList<T> : ReadOnlyCollection<T>
{
    private JoinedList(IList<T> items)
        : base(items)
    {
    }

    /// <summary>The number of items, under the name that scripts know from arrays.</summary>
    public int Length => Count;

    /// <summary>Creates the list of some items; an empty one for null, which a hashtable in a script can contain.</summary>
    public static JoinedList<T> From(IReadOnlyList<T>? items) => items switch
    {
        JoinedList<T> list => list,
        IList<T> list => new JoinedList<T>(list),
        null => new JoinedList<T>([]),
        _ => new JoinedList<T>([.. items]),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Items);
}
