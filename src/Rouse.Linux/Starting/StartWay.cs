namespace Rouse.Linux.Starting;

/// <summary>How children are made.</summary>
internal enum StartWay
{
    /// <summary>Nobody has asked yet.</summary>
    Unknown,

    /// <summary>By <see cref="StartCode"/>; the kernel takes the daemon's handlers from them.</summary>
    Clone3,

    /// <summary>By the same code; they take the daemon's handlers from themselves.</summary>
    Clone,

    /// <summary>By a function, while the daemon waits.</summary>
    StandStill,
}
