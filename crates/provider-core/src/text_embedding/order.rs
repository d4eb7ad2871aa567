//! Orders vectors like their texts. Servers return them in any order with an
//! index; some send 0 for every vector or no index, in the order of the texts.

use crate::error::Error;

/// The row of the vector of each text `i`. `None` if the rows are in the order
/// of the texts.
///
/// # Errors
///
/// `protocol` if an index is missing, out of range or duplicate.
pub(super) fn rows(indexes: &[Option<u64>]) -> Result<Option<Vec<usize>>, Error> {
    let says_nothing = |index: &Option<u64>| matches!(index, None | Some(0));
    if indexes.iter().all(says_nothing) {
        return Ok(None);
    }
    let mut rows = vec![usize::MAX; indexes.len()];
    let mut is_sorted = true;
    for (row, index) in indexes.iter().enumerate() {
        let index = index.and_then(|index| usize::try_from(index).ok());
        let Some(place) = index.and_then(|index| rows.get_mut(index)) else {
            return Err(wrong(row, "has no index, or an index out of range"));
        };
        if *place != usize::MAX {
            return Err(wrong(row, "has a duplicate index"));
        }
        *place = row;
        is_sorted &= index == Some(row);
    }
    Ok((!is_sorted).then_some(rows))
}

fn wrong(row: usize, problem: &str) -> Error {
    Error::protocol(format!("vector {row} of the response {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_says_whose_a_vector_is() {
        let rows = rows(&[Some(2), Some(0), Some(1)]).unwrap();
        assert_eq!(rows, Some(vec![1, 2, 0]));
    }

    #[test]
    fn vectors_in_order_stay_where_they_are() {
        assert_eq!(rows(&[Some(0), Some(1), Some(2)]), Ok(None));
        assert_eq!(rows(&[Some(0)]), Ok(None));
    }

    #[test]
    fn indexes_that_say_nothing_mean_the_order_of_the_list() {
        assert_eq!(rows(&[Some(0), Some(0), Some(0)]), Ok(None));
        assert_eq!(rows(&[None, None]), Ok(None));
    }

    #[test]
    fn other_indexes_are_errors_that_name_the_vector() {
        for (indexes, row) in [
            (vec![Some(0), Some(1), Some(1)], 2),
            (vec![Some(0), Some(2)], 1),
            (vec![Some(1), Some(2)], 1),
            (vec![Some(5)], 0),
            (vec![Some(1), None], 1),
            (vec![Some(u64::MAX), Some(0)], 0),
        ] {
            let error = rows(&indexes).unwrap_err();
            assert!(
                error.message.starts_with(&format!("vector {row} ")),
                "{}",
                error.message
            );
        }
    }
}
