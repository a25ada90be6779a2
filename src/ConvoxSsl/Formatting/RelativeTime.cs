namespace ConvoxSsl;

/// <summary>Formats times the way the Convox CLI does, for the module's table views: <c>89 days from now</c>, <c>3 hours ago</c>.</summary>
public static class RelativeTime
{
    /// <summary>Formats a time relative to now; an empty string for null.</summary>
    /// <param name="time">The time to format.</param>
    public static string Of(DateTimeOffset? time) => Engine.RelativeTime.Of(time);

    /// <summary>Formats a time relative to another.</summary>
    /// <param name="time">The time to format.</param>
    /// <param name="now">The reference time.</param>
    public static string Between(DateTimeOffset time, DateTimeOffset now) => Engine.RelativeTime.Between(time, now);
}
