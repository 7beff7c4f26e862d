//! The engine's face.

use crate::connection::Connection;
use crate::convert;
use crate::failure::Failure;
use crate::options::parse_url;
use crate::pool::{Lease, Pool, over};
use crate::thread::{detach, run};
use puremix_sql::{Answer, Database, Dialect, Done, OpenOptions, Rows, SqlError, SqlValue, Statement, Transaction};
use std::sync::Arc;
use tokio::sync::Mutex;

/// A transaction that does nothing for so long is ended by the server, as SQLite's engine ends one that others wait for.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '30s'";

pub struct Postgres {
    pool: Arc<Pool>,
}

/// The capability's entry: the database behind a URL. Connects once, so that a wrong URL or password is told at the start.
pub fn provide(options: &OpenOptions) -> Result<Arc<dyn Database>, String> {
    let shown = puremix_sql::without_password(&options.url);
    let options = crate::password::complete(parse_url(&options.url)?, |name| std::env::var(name).ok());
    let database = Postgres { pool: Pool::new(options) };
    puremix_sql::wait(database.query("SELECT 1", vec![])).map_err(|e| format!("cannot open the database `{shown}`: {e}"))?;
    Ok(Arc::new(database))
}

async fn ask(connection: &mut Connection, sql: &str, params: &[SqlValue]) -> Result<crate::connection::Answer, SqlError> {
    let texts: Vec<_> = params.iter().map(convert::to_text).collect();
    connection.run(sql, &texts).await.map_err(Failure::into_sql)
}

async fn command(connection: &mut Connection, sql: &str) -> Result<(), SqlError> {
    connection.script(sql).await.map(|_| ()).map_err(Failure::into_sql)
}

/// Ends a transaction: `COMMIT` answers `ROLLBACK` when it had failed before.
async fn commit(connection: &mut Connection) -> Result<(), SqlError> {
    let answers = connection.script("COMMIT").await.map_err(Failure::into_sql)?;
    match answers.first().map(crate::connection::Answer::command) {
        Some("ROLLBACK") => Err(SqlError::new(puremix_sql::ErrorKind::Other, "25P02", "an earlier statement failed, so the transaction was rolled back")),
        _ => Ok(()),
    }
}

impl Database for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn query(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Rows> {
        let (pool, sql) = (self.pool.clone(), sql.to_owned());
        run(async move { Ok(convert::rows(&ask(&mut *pool.take().await?, &sql, &params).await?)) })
    }

    fn execute(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Done> {
        let (pool, sql) = (self.pool.clone(), sql.to_owned());
        run(async move { Ok(convert::done(&ask(&mut *pool.take().await?, &sql, &params).await?)) })
    }

    fn batch(&self, statements: Vec<Statement>) -> Answer<Vec<Done>> {
        let pool = self.pool.clone();
        run(async move {
            let mut lease = pool.take().await?;
            command(&mut lease, BEGIN).await?;
            let mut all = Vec::with_capacity(statements.len());
            for statement in &statements {
                // Dropping the connection rolls back, but it would be lost for others.
                match ask(&mut lease, &statement.sql, &statement.params).await {
                    Ok(answer) => all.push(convert::done(&answer)),
                    Err(e) => {
                        let _ = command(&mut lease, "ROLLBACK").await;
                        return Err(e);
                    }
                }
            }
            commit(&mut lease).await?;
            Ok(all)
        })
    }

    /// The server makes one transaction of statements that are sent together, unless they begin and end some themselves.
    fn script(&self, sql: &str) -> Answer<()> {
        let (pool, sql) = (self.pool.clone(), sql.to_owned());
        run(async move { command(&mut *pool.take().await?, &sql).await })
    }

    fn begin(&self) -> Answer<Box<dyn Transaction>> {
        let pool = self.pool.clone();
        run(async move {
            let mut lease = pool.take().await?;
            command(&mut lease, BEGIN).await?;
            Ok(Box::new(Open(Arc::new(Mutex::new(Some(lease))))) as Box<dyn Transaction>)
        })
    }
}

/// An open transaction's connection.
struct Open(Arc<Mutex<Option<Lease>>>);

impl Open {
    fn run(&self, sql: &str, params: Vec<SqlValue>) -> Answer<crate::connection::Answer> {
        let (lease, sql) = (self.0.clone(), sql.to_owned());
        run(async move { ask(lease.lock().await.as_mut().ok_or_else(over)?, &sql, &params).await })
    }

    fn end(mut self, commits: bool) -> Answer<()> {
        // What is dropped with `self` holds nothing to roll back.
        let lease = std::mem::take(&mut self.0);
        run(async move {
            let mut lease = lease.lock().await.take().ok_or_else(over)?;
            if commits { commit(&mut lease).await } else { command(&mut lease, "ROLLBACK").await }
        })
    }
}

impl Transaction for Open {
    fn query(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Rows> {
        let answer = self.run(sql, params);
        Box::pin(async move { Ok(convert::rows(&answer.await?)) })
    }

    fn execute(&self, sql: &str, params: Vec<SqlValue>) -> Answer<Done> {
        let answer = self.run(sql, params);
        Box::pin(async move { Ok(convert::done(&answer.await?)) })
    }

    fn script(&self, sql: &str) -> Answer<()> {
        let (lease, sql) = (self.0.clone(), sql.to_owned());
        run(async move {
            let mut lease = lease.lock().await;
            let connection = lease.as_mut().ok_or_else(over)?;
            command(connection, &sql).await?;
            match connection.is_idle() {
                true => Err(SqlError::new(puremix_sql::ErrorKind::Statement, "25P01", "a script must not end the transaction it runs in")),
                false => Ok(()),
            }
        })
    }

    fn commit(self: Box<Self>) -> Answer<()> {
        (*self).end(true)
    }

    fn rollback(self: Box<Self>) -> Answer<()> {
        (*self).end(false)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let lease = self.0.clone();
        detach(async move {
            if let Some(mut lease) = lease.lock().await.take() {
                let _ = command(&mut lease, "ROLLBACK").await;
            }
        });
    }
}
