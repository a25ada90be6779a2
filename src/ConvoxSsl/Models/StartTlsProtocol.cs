namespace ConvoxSsl;

/// <summary>The protocols in which TLS begins with a command.</summary>
public enum StartTlsProtocol : long
{
    /// <summary>Mail delivery. The default port is 25.</summary>
    Smtp,

    /// <summary>Mailboxes. The default port is 143.</summary>
    Imap,

    /// <summary>Mailboxes. The default port is 110.</summary>
    Pop3,

    /// <summary>Directories. The default port is 389.</summary>
    Ldap,

    /// <summary>PostgreSQL. The default port is 5432.</summary>
    Postgres,

    /// <summary>MySQL and MariaDB. The default port is 3306.</summary>
    MySql,

    /// <summary>File transfer. The default port is 21.</summary>
    Ftp,

    /// <summary>Messaging between client and server. The default port is 5222.</summary>
    Xmpp,

    /// <summary>Remote Desktop. The default port is 3389.</summary>
    Rdp,
}
