namespace Rouse.Linux;

/// <summary>What a system call returned: a value (0 or more), or the reason why there is none. Never thrown.</summary>
public readonly record struct SysResult(int Value, Errno Error)
{
    public bool Ok => Error == Errno.None;

    /// <summary>The value as a descriptor; only where <see cref="Ok"/>.</summary>
    public Fd Fd => new(Value);

    public static SysResult Success(int value = 0) => new(value, Errno.None);

    public static SysResult Fail(Errno error) => new(-1, error);
}

/// <summary>The same for a value that is wider than a descriptor or a count.</summary>
public readonly record struct SysResult<T>(T Value, Errno Error)
{
    public bool Ok => Error == Errno.None;
}
