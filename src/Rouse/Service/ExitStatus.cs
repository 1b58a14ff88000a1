namespace Rouse.Tools.Service;

/// <summary>Exit statuses of init scripts (Linux Standard Base, "Init Script Actions"), and those of a shell.</summary>
internal static class ExitStatus
{
    public const int Generic = 1;
    public const int WrongArguments = 2;
    public const int NotImplemented = 3;
    public const int NoPrivilege = 4;
    public const int NotConfigured = 6;
    public const int NotRunning = 7;

    /// <summary>Of <c>status</c> only.</summary>
    public const int IsNotRunning = 3;

    /// <summary>Of <c>status</c> only.</summary>
    public const int IsUnknown = 4;

    /// <summary>There is such a program, and it cannot be executed.</summary>
    public const int CannotExecute = 126;

    /// <summary>There is no such program, or no interpreter for it.</summary>
    public const int NotFound = 127;
}
