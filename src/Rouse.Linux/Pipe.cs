namespace Rouse.Linux;

/// <summary>A pipe of the daemon's own: pipe(7).</summary>
public readonly record struct Pipe(Fd ReadEnd, Fd WriteEnd)
{
    public static Pipe None => new(Fd.None, Fd.None);

    public bool IsOpen => ReadEnd.IsOpen;
}
