namespace ConvoxSsl.Scenarios.Tests;

/// <summary>The characters on a terminal's screen and in its scrollback. Colours are ignored.</summary>
/// <param name="columns">The width of the screen.</param>
/// <param name="height">The height of the screen.</param>
internal sealed class TerminalScreen(int columns, int height)
{
    private readonly List<ScreenRow> _rows = [new(columns)];
    private bool _isWrapPending;

    /// <summary>The cursor's row, counted from the beginning of the scrollback.</summary>
    public int Row { get; private set; }

    /// <summary>The cursor's column.</summary>
    public int Column { get; private set; }

    /// <summary>The first row of the screen; rows above it are in the scrollback.</summary>
    public int Top { get; private set; }

    /// <summary>The text between the left edge and the cursor.</summary>
    public string TextBeforeCursor => new(_rows[Row].Cells, 0, Column);

    private ScreenRow Current => _rows[Row];

    /// <summary>Writes a character. As in xterm, the cursor stays in the last column until the next character.</summary>
    public void Write(char character)
    {
        if (_isWrapPending)
        {
            Current.ContinuesBelow = true;
            CarriageReturn();
            LineFeed();
        }

        Current.Cells[Column] = character;
        _isWrapPending = Column == columns - 1;
        Column += _isWrapPending ? 0 : 1;
    }

    public void CarriageReturn() => SetColumn(0);

    public void LineFeed()
    {
        Row++;
        _isWrapPending = false;
        while (_rows.Count <= Row)
        {
            _rows.Add(new ScreenRow(columns));
        }

        Top = Math.Max(Top, Row - height + 1);
    }

    public void Tabulate() => SetColumn((Column / 8 * 8) + 8);

    /// <summary>Moves the cursor, within the screen.</summary>
    public void MoveBy(int rowCount, int columnCount)
    {
        SetRow(Row - Top + rowCount);
        SetColumn(Column + columnCount);
    }

    /// <summary>Moves the cursor to a position on the screen.</summary>
    public void MoveTo(int row, int column)
    {
        SetRow(row);
        SetColumn(column);
    }

    public void SetColumn(int column)
    {
        Column = Math.Clamp(column, 0, columns - 1);
        _isWrapPending = false;
    }

    public void SetRow(int row)
    {
        var target = Top + Math.Clamp(row, 0, height - 1);
        while (_rows.Count <= target)
        {
            _rows.Add(new ScreenRow(columns));
        }

        Row = target;
        _isWrapPending = false;
    }

    /// <summary>Erases a part of the cursor's row: 0 from the cursor on, 1 up to the cursor, 2 all of it.</summary>
    public void EraseInLine(int part)
    {
        var first = part == 0 ? Column : 0;
        var end = part == 1 ? Column + 1 : columns;
        Current.Erase(first, end - first);
        _isWrapPending = false;
    }

    /// <summary>Erases a part of the screen: 0 from the cursor on, 1 up to the cursor, 2 all of it.</summary>
    public void EraseInDisplay(int part)
    {
        EraseInLine(part);
        for (var row = part == 0 ? Row + 1 : Top; row < (part == 1 ? Row : _rows.Count); row++)
        {
            _rows[row].Erase(0, columns);
        }
    }

    public void EraseCells(int count) => Current.Erase(Column, Math.Min(count, columns - Column));

    public void InsertCells(int count)
    {
        count = Math.Min(count, columns - Column);
        Array.Copy(Current.Cells, Column, Current.Cells, Column + count, columns - Column - count);
        EraseCells(count);
    }

    public void DeleteCells(int count)
    {
        count = Math.Min(count, columns - Column);
        Array.Copy(Current.Cells, Column + count, Current.Cells, Column, columns - Column - count);
        Current.Erase(columns - count, count);
    }

    /// <summary>Reads lines. Rows that the terminal has wrapped are one line.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row after the last one.</param>
    public IReadOnlyList<string> ReadLines(int first, int end)
    {
        var lines = new List<string>();
        var line = string.Empty;
        foreach (var row in _rows.Take(first..Math.Min(end, _rows.Count)))
        {
            line += new string(row.Cells);
            if (!row.ContinuesBelow)
            {
                lines.Add(line.TrimEnd());
                line = string.Empty;
            }
        }

        return lines;
    }

    /// <summary>A row of the screen.</summary>
    private sealed class ScreenRow
    {
        public ScreenRow(int columns)
        {
            Cells = new char[columns];
            Array.Fill(Cells, ' ');
        }

        public char[] Cells { get; }

        /// <summary>True if the terminal wrapped the line after this row.</summary>
        public bool ContinuesBelow { get; set; }

        public void Erase(int first, int count)
        {
            Array.Fill(Cells, ' ', first, count);
            ContinuesBelow &= first + count < Cells.Length;
        }
    }
}
