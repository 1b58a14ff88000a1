namespace Rouse.Server.Warm;

/// <summary>Where a service with <c>start = warm</c> stands.</summary>
internal enum WarmState
{
    /// <summary>Nobody has connected yet, or not for a long time: nothing is parked.</summary>
    Sleeping,

    /// <summary>The first server is being started and watched.</summary>
    Learning,

    /// <summary>Servers are parked, or more are being started.</summary>
    Ready,

    /// <summary>Nothing is started beforehand for a while: a start-up failed, files change all the time, memory is short.</summary>
    Pausing,

    /// <summary>It cannot be: connections are served cold until the configuration or the server's files change.</summary>
    Off,
}

internal static class WarmStateText
{
    public static string Text(this WarmState state) => state switch
    {
        WarmState.Sleeping => "sleeping",
        WarmState.Learning => "learning",
        WarmState.Ready => "ready",
        WarmState.Pausing => "pausing",
        _ => "off",
    };
}
