namespace Rouse.Linux;

/// <summary>
/// A file descriptor owned by exactly one slot and closed in one place. A plain number, because a finalizable object for each connection
/// would cost more than the connection.
/// </summary>
public readonly record struct Fd(int Value)
{
    public static Fd None => new(-1);

    public bool IsOpen => Value >= 0;
}
