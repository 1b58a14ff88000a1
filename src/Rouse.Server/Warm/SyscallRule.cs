namespace Rouse.Server.Warm;

/// <summary>What makes a system call of a starting server one that needs its connection, or one that must not be made ahead of it.</summary>
internal enum SyscallRule : byte
{
    /// <summary>It concerns nobody but the server itself.</summary>
    Pass,

    /// <summary>Never ahead of a connection: it changes something that others see, or what parking rests on.</summary>
    Park,

    /// <summary>Input, output or a question if the first argument leads to the placeholder.</summary>
    First,

    /// <summary>The same for the second argument; for the first or second; for the first or third; for the third.</summary>
    Second,
    FirstOrSecond,
    FirstOrThird,
    Third,

    // Calls that are looked at one by one: SyscallJudge has a method for each.
    Duplicate,
    Fcntl,
    Ioctl,
    LocalAddress,
    GetOption,
    SetOption,
    Connect,
    Bind,
    SendMessage,
    Map,
    Poll,
    Select,
    Open,
    OpenAt,
    OpenAt2,
    ReadLink,
    ReadLinkAt,
    Alarm,
    IntervalTimer,
    Clone,
    Clone3,
    Kill,
    Prctl,
    Limit,
    OldLimit,
    Unshare,
}
