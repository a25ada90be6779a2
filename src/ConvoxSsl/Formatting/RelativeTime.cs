namespace ConvoxSsl;

/// <summary>Formats times as the Convox CLI does, such as <c>89 days from now</c> and <c>3 hours ago</c>, for the module's views.</summary>
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
